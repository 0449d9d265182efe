import { parentPort, workerData } from "node:worker_threads";
import { buffersOf } from "../../core/treemap/file-columns.ts";
import { endPrograms, watchPrograms } from "./daemon/connection.ts";
import { analyzeHere } from "./image/analyze-here.ts";
import { LayerCache } from "./image/layer-cache.ts";
import type { AnalysisTask, FromWorker } from "./image/messages.ts";

const say = (message: FromWorker): void => parentPort?.postMessage(message);

async function main({ target, layers, picture }: AnalysisTask): Promise<void> {
  const cache = layers === undefined ? undefined : new LayerCache(layers);
  const result = await analyzeHere(
    target,
    {
      first: (it) => say({ type: "first", picture: it }),
      layer: picture ? (layer) => say({ type: "layer", layer }) : undefined,
      progress: (progress) => say({ type: "progress", progress }),
      // Who draws has other things to do.
      compare: picture ? undefined : (comparison) => say({ type: "compare", comparison }),
    },
    cache,
  );
  if (!result.ok) {
    say({ type: "failed", problem: result.problem });
    return;
  }
  const { analysis, relatives } = result;
  const columns = picture ? result.columns() : undefined;
  const done: FromWorker = { type: "done", analysis, columns, relatives };
  parentPort?.postMessage(done, columns === undefined ? [] : buffersOf(columns));
}

watchPrograms((pid, runs) => say({ type: "program", pid, runs }));
// With the thread every connection ends; programs do not.
parentPort?.once("message", () => void endPrograms().then(() => process.exit()));
void main(workerData);
