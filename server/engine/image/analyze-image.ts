import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Analysed, Listener } from "./analyze-here.ts";
import type { LayerStorage } from "./layer-cache.ts";
import type { AnalysisTarget, AnalysisTask, FromWorker } from "./messages.ts";

/** Milliseconds for a thread to end by itself. */
const patience = 50;

/**
 * Analyses in a worker thread of its own; `home` is the folder of the bundles. Aborting ends the thread and with it
 * every connection; the answer is then undefined. `layers`: where layers that were read are kept. A thread that dies is a problem, not a crash.
 */
export function analyzeImage(
  home: string,
  target: AnalysisTarget,
  listener: Listener,
  signal: AbortSignal,
  layers?: LayerStorage,
): Promise<Analysed | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const task: AnalysisTask = { target, layers };
    const worker = new Worker(join(home, "worker.js"), {
      workerData: task,
      // What is young dies young here: columns hold what stays.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    const end = (result: Analysed | undefined): void => {
      signal.removeEventListener("abort", stop);
      resolve(result);
      // Asked first: it ends its ssh, which would live on. Where it is busy, the thread is ended around it.
      worker.postMessage("stop");
      setTimeout(() => void worker.terminate(), patience).unref();
    };
    const stop = (): void => end(undefined);
    const died = (why: string): void =>
      end({ ok: false, problem: { message: `The analysis stopped unexpectedly: ${why}.`, retry: true } });
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: FromWorker) => {
      if (message.type === "first") listener.first(message.picture);
      else if (message.type === "layer") listener.layer(message.layer);
      else if (message.type === "progress") listener.progress(message.progress);
      else if (message.type === "done") {
        const { analysis, columns, relatives } = message;
        end({ ok: true, analysis, columns, relatives });
      } else end({ ok: false, problem: message.problem });
    });
    worker.on("error", (cause) => died(cause.message));
    worker.on("exit", (code) => died(`its thread ended with ${code}`));
  });
}
