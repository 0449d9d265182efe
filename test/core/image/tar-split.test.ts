import { describe, expect, it } from "vitest";
import { StoreError } from "../../../server/engine/store/store-error.ts";
import { SplitLines } from "../../../server/engine/store/tar-split.ts";

/** What the lines tell of files; `pieces`: into how many chunks they are cut. */
function filesOf(text: string, pieces = 1): readonly unknown[] {
  const res: unknown[] = [];
  const lines = new SplitLines({
    segment: () => {},
    file: (name, size, checksum) => res.push([Buffer.from(name).toString("utf8"), size, checksum]),
  });
  const bytes = Buffer.from(`${text}\n`);
  const step = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length; at += step) lines.push(bytes.subarray(at, at + step));
  lines.finish();
  return res;
}

const plain = '{"type":1,"name":"usr/lib/a b.so","size":1234,"payload":"AQIDBAUGBwg=","position":17}';

describe("the records of a layer", () => {
  it.each([
    ["an escape in the name", plain.replace("usr", "\\u0075sr")],
    ["spaces between", plain.replaceAll(",", ", ")],
    ["another order", plain.replace(',"position":17', "").replace('"type":1', '"type":1,"position":17')],
    [
      "the name's bytes beside it",
      plain.replace('"name":"usr/lib/a b.so"', '"name_raw":"dXNyL2xpYi9hIGIuc28="'),
    ],
    ["a field more", plain.replace("}", ',"more":1}')],
  ])("say the same with %s", (_, line) => {
    expect(filesOf(line)).toEqual(filesOf(plain));
    expect(filesOf(plain)).toHaveLength(1);
  });

  it("may be cut anywhere", () => {
    const lines = [plain, plain, plain].join("\n");
    for (let pieces = 2; pieces < 40; pieces += 1) expect(filesOf(lines, pieces)).toEqual(filesOf(lines));
  });

  it("keep names that are not ASCII", () => {
    expect(filesOf(plain.replace("usr", "ü"))).toEqual([["ü/lib/a b.so", 1234, expect.any(Number)]]);
  });

  it("have nothing to tell of files without content", () => {
    expect(filesOf('{"type":1,"name":"usr/","payload":null,"position":1}')).toEqual([]);
    expect(filesOf(plain.replace("1234", "0"))).toEqual([]);
  });

  it.each([
    ["no checksum", plain.replace("AQIDBAUGBwg=", "")],
    ["a checksum that is too short", plain.replace("AQIDBAUGBwg=", "AQIDBAUGBw==")],
    ["a size below zero", plain.replace("1234", "-1")],
    ["a size that is no exact number", plain.replace("1234", "12345678901234567890")],
    ["a part of a size", plain.replace("1234", "12.5")],
    ["no end", plain.replace("}", "")],
    ["no position where one is begun", plain.replace("17", "")],
    ["something behind it", `${plain}x`],
  ])("are broken with %s", (_, line) => {
    expect(() => filesOf(line)).toThrow(StoreError);
  });
});
