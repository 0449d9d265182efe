import { describe, expect, it } from "vitest";
import { annotatedBase, sharedLayers } from "../../../server/engine/image/annotated-base.ts";

const digest = `sha256:${"a".repeat(64)}`;
const [name, its] = ["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"];

describe("the base that annotations name", () => {
  it("has a digest, and a name where one is given", () => {
    expect(annotatedBase({ [name]: "debian:12", [its]: digest })).toEqual({ name: "debian:12", digest });
    expect(annotatedBase({ [its]: digest })).toEqual({ name: digest, digest });
    expect(annotatedBase({ [name]: "x" }, { [its]: digest })).toEqual({ name: "x", digest });
  });

  it.each([[undefined], [{}], [{ [name]: "debian:12" }], [{ [its]: "latest" }], [{ [its]: 7 }], ["text"]])(
    "is none in %j",
    (annotations) => expect(annotatedBase(annotations)).toBeUndefined(),
  );

  const listed = (digests: string, diffIds = "") => ({ digests: [...digests], diffIds: [...diffIds] });

  it("brought its layers where they are the image's lowest, packed anew or not", () => {
    expect(sharedLayers(listed("ab"), listed("abc"))).toBe(2);
    expect(sharedLayers(listed("xy", "12"), listed("abc", "123"))).toBe(2);
  });

  it.each([
    [listed("ab"), listed("axc")],
    [listed("b"), listed("ab")],
    [listed("abc"), listed("abc")],
    [listed(""), listed("abc", "123")],
    [listed("abcd"), listed("abc")],
  ])("is not believed: %j below %j", (base, image) => expect(sharedLayers(base, image)).toBeUndefined());
});
