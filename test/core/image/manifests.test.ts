import { describe, expect, it } from "vitest";
import { manifestOf } from "../../../server/engine/image/manifests.ts";

type Json = Readonly<Record<string, unknown>>;

const host = `linux/${{ x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch}`;
const other = host === "linux/s390x" ? "linux/riscv64" : "linux/s390x";
const partsOf = (platform: string): Json => {
  const [os, architecture, variant] = platform.split("/");
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
};

/** Documents of a layout by digest; `named` may change what points to one. */
class Layout {
  readonly #documents = new Map<string, string>();

  readonly read = (path: string): string | undefined => this.#documents.get(path);

  put(name: string, content: Json): string {
    this.#documents.set(`blobs/sha256/${name}`, JSON.stringify(content));
    return `sha256:${name}`;
  }

  image(name: string, platform: string, layers: readonly (string | Json)[], more: Json = {}): Json {
    const diffIds = layers.map((it, index) => `${typeof it === "string" ? it : `${name}${index}`}-diff`);
    const config = this.put(`${name}-config`, { ...partsOf(platform), rootfs: { diff_ids: diffIds } });
    const listed = layers.map((it) => (typeof it === "string" ? { digest: `sha256:${it}` } : it));
    const digest = this.put(name, { config: { digest: config }, layers: listed, ...more });
    return { digest, platform: partsOf(platform) };
  }

  index(...manifests: Json[]): this {
    this.#documents.set("index.json", JSON.stringify({ manifests }));
    return this;
  }

  file(path: string, content: unknown): this {
    this.#documents.set(path, JSON.stringify(content));
    return this;
  }
}

const chosen = (layout: Layout, platform = "") => {
  const res = manifestOf(layout.read, platform);
  return typeof res === "string" ? res : { config: res.config, notes: res.troubles.map((it) => it.why) };
};

describe("the image of a store", () => {
  it("of several platforms is the host's, or the one that is wanted, and the others are told", () => {
    const layout = new Layout();
    layout.index(layout.image("far", other, ["a"]), layout.image("near", host, ["b"]));
    expect(chosen(layout)).toEqual({
      config: "blobs/sha256/near-config",
      notes: [`read for ${host}; there is also ${other} (--platform chooses)`],
    });
    expect(chosen(layout, other)).toMatchObject({ config: "blobs/sha256/far-config" });
    expect(chosen(layout, "linux/mips")).toBe(
      `it holds no image for linux/mips; there are ${other}, ${host}`,
    );
  });

  it("is found in indexes inside the index, with variants", () => {
    const layout = new Layout();
    const inner = layout.put("inner", {
      manifests: [layout.image("v6", "linux/arm/v6", ["a"]), layout.image("v7", "linux/arm/v7", ["b"])],
    });
    layout.index({ digest: layout.put("outer", { manifests: [{ digest: inner }] }) });
    expect(chosen(layout, "linux/arm/v7")).toMatchObject({ config: "blobs/sha256/v7-config" });
    expect(chosen(layout, "linux/arm")).toMatchObject({ config: "blobs/sha256/v6-config" });
    expect(chosen(layout, "linux/arm/v8")).toMatch(/no image for linux\/arm\/v8; there are/);
  });

  it("is no attestation, no signature and no chart; each is told", () => {
    const layout = new Layout();
    const said = { "vnd.docker.reference.type": "attestation-manifest" };
    layout.index(
      { ...layout.image("said", "unknown/unknown", []), annotations: said },
      layout.image("chart", host, [], { config: { mediaType: "application/vnd.cncf.helm.config.v1+json" } }),
      layout.image("signed", host, [], { artifactType: "application/vnd.example" }),
      { digest: "sha256:absent", platform: partsOf(other) },
      layout.image("it", host, ["a"]),
    );
    expect(chosen(layout)).toEqual({
      config: "blobs/sha256/it-config",
      notes: [
        "an attestation, no image: not read",
        "a manifest of something else than an image: not read",
        "a manifest of something else than an image: not read",
        `the manifest for ${other} is not there`,
      ],
    });
  });

  it("is what a manifest beside its blobs says", () => {
    const config = "c".repeat(64);
    const layout = new Layout().file("manifest.json", {
      schemaVersion: 2,
      config: { digest: `sha256:${config}` },
      layers: [{ digest: "sha256:aa" }],
    });
    layout.file(config, { os: "linux", architecture: "s390x" });
    expect(manifestOf(layout.read, "")).toMatchObject({ config, layers: ["aa"] });
    expect(manifestOf(layout.read, "linux/mips")).toBe(
      "it holds no image for linux/mips; there is linux/s390x",
    );
  });

  it("has foreign layers", () => {
    const layout = new Layout();
    const layers = [
      { digest: "sha256:a", mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" },
      { digest: "sha256:b", mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip" },
      { digest: "sha256:c", mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" },
    ];
    layout.index(layout.image("it", host, layers));
    const res = manifestOf(layout.read, "");
    expect(typeof res === "string" ? res : [...(res.foreign ?? [])]).toEqual([
      "blobs/sha256/a",
      "blobs/sha256/b",
    ]);
  });

  it("has the base that its annotations name where that is there and lies below it", () => {
    const layout = new Layout();
    const base = "b".repeat(64);
    const annotations = {
      "org.opencontainers.image.base.name": "some/base:1",
      "org.opencontainers.image.base.digest": `sha256:${base}`,
    };
    layout.image(base, host, ["a", "b"]);
    const baseIn = (...layers: string[]): unknown => {
      const res = manifestOf(layout.index(layout.image("it", host, layers, { annotations })).read, "");
      return typeof res === "string" ? res : res.base;
    };
    expect(baseIn("a", "b", "c")).toEqual({ name: "some/base:1", layers: 2 });
    expect(baseIn("a", "x", "c")).toBeUndefined();
    expect(baseIn("a", "b")).toBeUndefined();
    layout.image(base, other, ["a", "b"]);
    expect(baseIn("a", "b", "c")).toBeUndefined();
  });

  it.each([
    [new Layout(), /^there is no manifest in it/],
    [new Layout().index(), /^there is no manifest in it/],
    [new Layout().file("index.json", 7).file("manifest.json", [{}, 7, { Config: 7 }]), /no manifest/],
    [new Layout().file("manifest.json", { layers: [] }), /no manifest/],
  ])("is none where nothing is named", (layout, why) => expect(chosen(layout)).toMatch(why));
});
