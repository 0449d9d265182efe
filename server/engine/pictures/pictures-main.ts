import { parentPort } from "node:worker_threads";
import type { PictureAnswer, PictureQuestion } from "./picture-thread.ts";
import { Pictures } from "./pictures.ts";

const pictures = new Pictures();

parentPort?.on("message", ({ number, call, params }: PictureQuestion) => {
  parentPort?.postMessage(answerTo(number, call, params));
});

function answerTo(number: number, call: PictureQuestion["call"], params: never): PictureAnswer | object {
  try {
    const ask: (params: never) => unknown = pictures[call].bind(pictures);
    return { number, result: ask(params) };
  } catch (cause) {
    return { number, failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}
