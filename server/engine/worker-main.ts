import { parentPort, workerData } from "node:worker_threads";
import { analyzeHere } from "./image/analyze-here.ts";
import type { AnalysisTarget, FromWorker } from "./image/messages.ts";

const say = (message: FromWorker): void => parentPort?.postMessage(message);

async function main(target: AnalysisTarget): Promise<void> {
  const result = await analyzeHere(target, {
    first: (picture) => say({ type: "first", picture }),
    progress: (done, total) => say({ type: "progress", done, total }),
  });
  say(result.ok ? { type: "done", analysis: result.analysis } : { type: "failed", problem: result.problem });
}

void main(workerData);
