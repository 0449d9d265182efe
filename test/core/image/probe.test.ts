import { describe, expect, it } from "vitest";
import { type Probe, probeContent, StreamProbe } from "../../../core/image/probe.ts";

const content = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);

function* firstWordsThenTail(): Probe<number[]> {
  const res: number[] = [];
  for (const [start, end] of [
    [0, 4],
    [4, 8],
    [2, 6],
    [990, 1_010],
    [2_000, 2_001],
    [5, 5],
  ] as const) {
    const bytes = yield { start, end };
    res.push(bytes.length, bytes[0] ?? -1);
  }
  return res;
}

describe("a probe", () => {
  const expected = [4, 0, 4, 4, 0, -1, 10, 990 % 251, 0, -1, 0, -1];

  it("reads a file that can be wound to any place", () => {
    expect(
      probeContent(firstWordsThenTail(), (start, length) => content.subarray(start, start + length)),
    ).toEqual(expected);
  });

  it.each([1, 3, 4, 5, 999, 1_000])("reads the same from pieces of %i bytes that pass by", (size) => {
    const probe = new StreamProbe(firstWordsThenTail());
    for (let at = 0; at < content.length; at += size) probe.push(content.subarray(at, at + size));
    expect(probe.finish()).toEqual(expected);
  });
});
