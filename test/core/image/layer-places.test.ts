import { describe, expect, it } from "vitest";
import { LayerPlaces } from "../../../server/engine/image/layer-places.ts";

const [a, b] = ["a".repeat(64), "b".repeat(64)];
const read = (path: string, bytes: number, links = 0, diffId?: string) => ({
  path,
  diffId,
  bytes,
  bytesWithLinks: bytes + links,
});

describe("a layer that was read before its manifest", () => {
  it("is known by the diff ID of which its file has the name, or that was worked out", () => {
    const places = new LayerPlaces([5, 5, 7], [`sha256:${a}`, `sha256:${b}`, `sha256:${a}`]);
    expect(places.placesOf(read(`blobs/sha256/${b}`, 9))).toEqual([1]);
    expect(places.placesOf(read(`${a}.tar`, 9))).toEqual([0, 2]);
    expect(places.placesOf(read("blobs/sha256/cc", 9, 0, `sha256:${b}`))).toEqual([1]);
    expect(places.placesOf(read("blobs/sha256/cc", 7, 0, "sha256:else"))).toEqual([]);
  });

  it("is known by its size where only one has it, and else not at all", () => {
    const places = new LayerPlaces([5, 5, 7, 12], ["sha256:1", "sha256:2", "sha256:3", "sha256:4"]);
    expect(places.placesOf(read("x/layer.tar", 7))).toEqual([2]);
    expect(places.placesOf(read("y/layer.tar", 7))).toEqual([]);
    expect(places.placesOf(read("z/layer.tar", 10, 2))).toEqual([3]);
    expect(places.placesOf(read("v/layer.tar", 5))).toEqual([]);
    expect(places.placesOf(read("w/layer.tar", 0))).toEqual([]);
  });

  it("is not numbered where the history tells of other layers than the image", () => {
    const places = new LayerPlaces([5], [`sha256:${a}`, `sha256:${b}`]);
    expect(places.placesOf(read(`blobs/sha256/${a}`, 6))).toEqual([]);
    expect(places.placesOf(read(`blobs/sha256/${b}`, 5))).toEqual([0]);
  });
});
