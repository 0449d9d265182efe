import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { buffersOf } from "../../../core/treemap/file-columns.ts";
import type { PictureNode } from "../../../core/treemap/image-tree.ts";
import type { Pictures, ShownImage } from "./pictures.ts";

export type PictureCall = keyof Pictures;

/** What the thread is asked, and what it answers. */
export interface PictureQuestion {
  readonly number: number;
  readonly call: PictureCall;
  /** What the call takes. */
  readonly params: never;
}

export type PictureAnswer =
  /** `result`: what the call answers. */
  { readonly number: number; readonly result: never } | { readonly number: number; readonly failed: string };

/** `Pictures` in a thread, so that nothing else waits for them. The thread starts when it is needed. */
export class PictureThread {
  readonly #home: string;
  readonly #open = new Map<number, (answer: PictureAnswer) => void>();
  #worker: Worker | undefined;
  #asked = 0;
  #isResting = false;

  /** `home`: the folder of the bundles. */
  constructor(home: string) {
    this.#home = home;
  }

  /** Ahead of the first question: a thread takes some milliseconds to start. */
  start(): void {
    this.#isResting = false;
    this.#worker ??= this.#begin();
  }

  /** The columns go to the thread: the caller has them no longer. */
  show(shown: ShownImage): Promise<PictureNode> {
    this.#isResting = false;
    // What was kept on the disk lies in one piece of memory.
    return this.#ask("show", shown, [...new Set(buffersOf(shown.columns))]);
  }

  /** Throws where the thread has ended, for which nobody but a bug of ours is to blame. */
  ask<Call extends Exclude<PictureCall, "show">>(
    call: Call,
    params: Parameters<Pictures[Call]>[0],
  ): Promise<ReturnType<Pictures[Call]>> {
    return this.#ask(call, params, []);
  }

  /** Nothing is shown and nothing will be soon: the thread ends once all is answered. */
  rest(): void {
    this.#isResting = true;
    this.#endAtRest();
  }

  /** All pictures are gone then. */
  end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  #ask<Call extends PictureCall>(
    call: Call,
    params: Parameters<Pictures[Call]>[0],
    moved: readonly ArrayBuffer[],
  ): Promise<ReturnType<Pictures[Call]>> {
    this.#worker ??= this.#begin();
    this.#asked += 1;
    const number = this.#asked;
    this.#worker.postMessage({ number, call, params }, moved);
    return new Promise((resolve, reject) => {
      this.#open.set(number, (answer) => {
        if ("failed" in answer) reject(new Error(answer.failed));
        else resolve(answer.result);
      });
    });
  }

  #begin(): Worker {
    const worker = new Worker(join(this.#home, "pictures.js"));
    worker.unref();
    worker.on("message", (answer: PictureAnswer) => this.#settle(answer));
    let why = "the pictures were closed";
    worker.on("error", (cause) => {
      why = cause.message;
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const number of this.#open.keys()) this.#settle({ number, failed: why });
    });
    return worker;
  }

  #settle(answer: PictureAnswer): void {
    const settle = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    settle?.(answer);
    this.#endAtRest();
  }

  #endAtRest(): void {
    if (this.#isResting && this.#open.size === 0) this.end();
  }
}
