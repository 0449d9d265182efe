import { parentPort, workerData } from "node:worker_threads";
import { buffersOf } from "../../core/treemap/image-columns.ts";
import { analyzeHere } from "./image/analyze-here.ts";
import type { AnalysisTarget, FromWorker } from "./image/messages.ts";

const say = (message: FromWorker): void => parentPort?.postMessage(message);

async function main(target: AnalysisTarget): Promise<void> {
  const result = await analyzeHere(target, {
    first: (picture) => say({ type: "first", picture }),
    progress: (done, total) => say({ type: "progress", done, total }),
  });
  if (!result.ok) {
    say({ type: "failed", problem: result.problem });
    return;
  }
  const { analysis, columns, relatives } = result;
  const done: FromWorker = { type: "done", analysis, columns, relatives };
  parentPort?.postMessage(done, buffersOf(columns));
}

void main(workerData);
