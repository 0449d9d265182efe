import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { probeContent, StreamProbe } from "../../../core/image/probe.ts";
import { probeOf } from "../../../core/image/probes.ts";

const fixture = (name: string): Buffer =>
  gunzipSync(readFileSync(join(import.meta.dirname, "fixtures", `${name}.gz`)));
const strippable = (content: Buffer): number | undefined => {
  const probe = probeOf("usr/lib/it", content.length);
  return probe && probeContent(probe, (start, length) => content.subarray(start, start + length))?.strippable;
};

describe("what strip --strip-unneeded frees", () => {
  // Of a C file with four lines of code, gcc -g; the numbers are those of binutils' strip.
  const shared = fixture("shared-object.so");

  it("of a shared object", () => {
    expect(strippable(shared)).toBe(2_496);
  });

  it("of an object and of a program with relocations at least its debugging sections", () => {
    expect(strippable(fixture("object.o"))).toBeGreaterThan(0.9 * 2_400);
    expect(strippable(fixture("object.o"))).toBeLessThanOrEqual(2_400);
    expect(strippable(fixture("emit-relocs"))).toBeLessThanOrEqual(3_888);
  });

  it.each([1, 63, 64, 4_095, 4_096, 65_536])("is the same in pieces of %i bytes that pass by", (size) => {
    const probe = probeOf("usr/lib/it", shared.length);
    if (probe === undefined) throw new Error("not looked at");
    const stream = new StreamProbe(probe);
    for (let at = 0; at < shared.length; at += size) stream.push(shared.subarray(at, at + size));
    expect(stream.finish()).toEqual({ strippable: 2_496 });
  });

  it("is the same from bytes that are lent until the next are read", () => {
    const lent = Buffer.alloc(shared.length);
    const probe = probeOf("usr/lib/it", shared.length);
    const read = (start: number, length: number): Buffer => {
      lent.fill(0xff);
      return lent.subarray(0, shared.copy(lent, 0, start, start + length));
    };
    expect(probe && probeContent(probe, read)).toEqual({ strippable: 2_496 });
  });

  it("is nothing for what is no ELF file, and never more than the file", () => {
    expect(strippable(Buffer.alloc(1_000))).toBeUndefined();
    expect(probeOf("etc/passwd.json", 1_000)).toBeUndefined();
    expect(strippable(Buffer.from("\x7fELF".padEnd(200, "\xff"), "latin1"))).toBeUndefined();
    let seed = 1;
    for (let round = 0; round < 2_000; round += 1) {
      const broken = Buffer.from(shared);
      for (let change = 0; change < 4; change += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        // Headers and the table at the end, where it hurts.
        const at = seed % 2 === 0 ? seed % 600 : broken.length - 1 - (seed % 2_400);
        broken[at] = seed >> 8;
      }
      const found = strippable(broken) ?? 0;
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThanOrEqual(broken.length);
    }
  });
});
