import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import type { Problem } from "../../../protocol/requests.ts";
import type { Listener } from "./analyze-here.ts";
import { type Comparison, claims, compareGroup, Pieces } from "./compare-beside.ts";
import type { LayerStorage } from "./layer-cache.ts";
import type { AnalysisTarget, AnalysisTask, FromWorker } from "./messages.ts";
import type { Relatives } from "./relatives.ts";

/** Milliseconds for a thread to end by itself. */
const patience = 50;

/** `Columns`: of its files, where they were asked for. */
export type Finished<Columns> =
  | {
      readonly ok: true;
      readonly analysis: ImageAnalysis;
      readonly columns: Columns;
      readonly relatives: Relatives;
    }
  | { readonly ok: false; readonly problem: Problem };

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
): Promise<Finished<FileColumns> | undefined> {
  return inThread(home, { target, layers, picture: true }, listener, signal).then((it) =>
    it?.ok !== true || hasColumns(it) ? it : died("it has no files"),
  );
}

/** For who draws nothing: what pictures are made of is not. */
export function analyzeUndrawn(
  home: string,
  target: AnalysisTarget,
  listener: Pick<Listener, "first" | "progress">,
  signal: AbortSignal,
): Promise<Finished<unknown> | undefined> {
  return inThread(
    home,
    { target, layers: undefined, picture: false },
    { ...listener, layer: undefined },
    signal,
  );
}

type Undrawn = Finished<FileColumns | undefined>;

const hasColumns = (it: Undrawn): it is Finished<FileColumns> => it.ok && it.columns !== undefined;

const died = (why: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { message: `The analysis stopped unexpectedly: ${why}.`, retry: true },
});

/** Milliseconds in which this thread hears of nothing else. */
const slice = 10;
/** Larger groups would take longer; the worker compares them. */
const mostAtOnce = 1 << 27;

/** This thread has nothing to do while the worker works. */
function compareMeanwhile(it: Comparison, isEnded: () => boolean): void {
  const pieces = new Pieces();
  let group = 0;
  const step = (): void => {
    const end = performance.now() + slice;
    for (; group < it.sizes.length; group += 1) {
      if (isEnded()) return;
      if (performance.now() > end) {
        setImmediate(step);
        return;
      }
      const count = (it.starts[group + 1] ?? 0) - (it.starts[group] ?? 0);
      if (count * (it.sizes[group] ?? 0) <= mostAtOnce && claims(it, group)) compareGroup(it, group, pieces);
    }
  };
  step();
}

function inThread(
  home: string,
  task: AnalysisTask,
  listener: Listener,
  signal: AbortSignal,
): Promise<Undrawn | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const worker = new Worker(join(home, "worker.js"), {
      workerData: task,
      // What is young dies young here: columns hold what stays.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    let [ended, hasExited] = [false, false];
    const programs = new Set<number>();
    const endThread = async (): Promise<void> => {
      if (hasExited) return;
      await worker.terminate();
      for (const it of programs) killIfThere(it);
    };
    const end = (result: Undrawn | undefined): void => {
      ended = true;
      signal.removeEventListener("abort", stop);
      resolve(result);
      if (hasExited) return;
      // Asked first: it ends its ssh, which would live on. Where it is busy, the thread is ended around it, and then ssh.
      worker.postMessage("stop");
      setTimeout(() => void endThread(), patience).unref();
    };
    const stop = (): void => end(undefined);
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: FromWorker) => {
      if (message.type === "first") listener.first(message.picture);
      else if (message.type === "layer") listener.layer?.(message.layer);
      else if (message.type === "program") {
        if (message.runs) programs.add(message.pid);
        else programs.delete(message.pid);
      } else if (message.type === "progress") listener.progress(message.progress);
      else if (message.type === "compare") compareMeanwhile(message.comparison, () => ended);
      else if (message.type === "done") {
        const { analysis, columns, relatives } = message;
        end({ ok: true, analysis, columns, relatives });
      } else end({ ok: false, problem: message.problem });
    });
    worker.on("error", (cause) => end(died(cause.message)));
    worker.on("exit", (code) => {
      hasExited = true;
      end(died(`its thread ended with ${code}`));
    });
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended by itself.
  }
}
