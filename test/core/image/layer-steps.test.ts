import { describe, expect, it } from "vitest";
import { layerSteps } from "../../../core/link/layer-steps.ts";

/** `TEXT` made no bytes, `TEXT=5` made 5. */
const steps = (...lines: string[]) =>
  lines.map((line) => {
    const [createdBy = "", size = "0"] = line.split("=");
    return { createdBy, bytes: Number(size) };
  });

describe("steps of a history that made layers", () => {
  it.each([
    ["all with bytes", steps("ADD x /=5", "CMD sh", "RUN a=3"), 2, undefined, [0, 2]],
    ["a folder's layer too", steps("ADD x /=5", "ENV A", "WORKDIR /app", "RUN a=3"), 3, undefined, [0, 2, 3]],
    [
      "settings of the classic builder never",
      steps("/bin/sh -c #(nop)  ENV A", "/bin/sh -c #(nop) ADD x=5"),
      1,
      undefined,
      [1],
    ],
    [
      "one of two that brought nothing: not told",
      steps("ADD x=5", "WORKDIR /a", "RUN true"),
      2,
      undefined,
      undefined,
    ],
    [
      "told by the sizes around them",
      steps("WORKDIR /a", "ADD x=5", "RUN true", "RUN a=3"),
      3,
      [0, 5, 3],
      [0, 1, 3],
    ],
    ["none between", steps("WORKDIR /a", "ADD x=5", "RUN true", "RUN a=3", "RUN b"), 3, [5, 3, 0], [1, 3, 4]],
    ["not told by sizes either", steps("ADD x=5", "WORKDIR /a", "RUN true"), 2, [5, 0], undefined],
    ["sizes that do not fit", steps("ADD x=5", "WORKDIR /a", "RUN true"), 2, [5, 5], undefined],
    ["more layers than steps", steps("ADD x=5"), 3, undefined, undefined],
    ["no layers", steps("CMD sh"), 0, undefined, []],
  ])("%s", (_, history, layers, sizes, found) => {
    expect(layerSteps(history, layers, sizes)).toEqual(found);
  });
});
