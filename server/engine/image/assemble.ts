import { posix } from "node:path";
import {
  analysisOf,
  type ImageAnalysis,
  type ImageIdentity,
  type Trouble,
} from "../../../core/image/analysis.ts";
import type { HistoryEntry, Layer } from "../../../core/image/layer.ts";
import type { Blob } from "./blob-reader.ts";

export interface Contents {
  readonly blobs: ReadonlyMap<string, Blob>;
  /** Links of the archive to its other files: older engines store a layer that occurs twice as one. */
  readonly links: ReadonlyMap<string, string>;
  readonly troubles: readonly Trouble[];
}

interface Manifest {
  readonly config: string;
  readonly layers: readonly string[];
  readonly reference: string | undefined;
}

/** From the files of a saved image to its analysis; a text instead says why it is none. */
export function assemble(
  contents: Contents,
  known: { readonly reference: string; readonly source: string },
): ImageAnalysis | string {
  const manifest = dockerManifest(contents) ?? ociManifest(contents);
  if (manifest === undefined)
    return "there is no manifest in it, so it is not an image saved by Docker, Podman or an OCI tool";
  const config = recordIn(documentAt(contents, manifest.config));
  if (config === undefined) return `the image's config ${manifest.config} is missing or broken`;
  const diffIds = textsIn(recordIn(config["rootfs"])?.["diff_ids"]);
  const troubles: Trouble[] = [...contents.troubles];
  const layers = manifest.layers.map((path, index): Layer => {
    const blob = blobAt(contents, path);
    const diffId = diffIds[index] ?? "";
    if (blob?.kind === "layer") {
      troubles.push(...blob.layer.troubles.map((why) => ({ path, why })));
      return { diffId, entries: blob.layer.entries, texts: blob.layer.texts };
    }
    const why = blob?.kind === "unreadable" ? blob.why : "the layer is not in the archive";
    // An empty document: a layer of no bytes at all.
    if (blob?.kind !== "document" || blob.text !== "") troubles.push({ path, why });
    return { diffId, entries: [], texts: new Map() };
  });
  const image: ImageIdentity = {
    reference: known.reference === "" ? (manifest.reference ?? "") : known.reference,
    id: idOf(manifest.config),
    platform: platformOf(config),
    source: known.source,
  };
  return analysisOf(image, historyOf(config), layers, troubles);
}

/** `manifest.json` of `docker save`, old and new. */
function dockerManifest(contents: Contents): Manifest | undefined {
  const list = jsonOf(documentAt(contents, "manifest.json"));
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  if (!isRecord(first) || typeof first["Config"] !== "string") return undefined;
  return {
    config: first["Config"],
    layers: textsIn(first["Layers"]),
    reference: textsIn(first["RepoTags"])[0],
  };
}

/** `index.json` of an OCI layout: the first manifest of an image, through one level of indexes. */
function ociManifest(contents: Contents): Manifest | undefined {
  let list = recordsIn(recordIn(documentAt(contents, "index.json"))?.["manifests"]);
  for (let level = 0; level < 3; level += 1) {
    for (const descriptor of list) {
      const manifest = recordIn(documentAt(contents, blobPath(descriptor["digest"])));
      if (manifest === undefined) continue;
      const inner = recordsIn(manifest["manifests"]);
      if (inner.length > 0) {
        list = inner;
        break;
      }
      const config = recordIn(manifest["config"]);
      // Attestations are manifests too; their platform is unknown.
      if (config === undefined || recordIn(descriptor["platform"])?.["os"] === "unknown") continue;
      const annotations = recordIn(descriptor["annotations"]);
      const name =
        annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
      return {
        config: blobPath(config["digest"]),
        layers: recordsIn(manifest["layers"]).map((it) => blobPath(it["digest"])),
        reference: typeof name === "string" ? name : undefined,
      };
    }
  }
  return undefined;
}

const blobPath = (digest: unknown): string => `blobs/${String(digest).replace(":", "/")}`;

const idOf = (config: string): string => `sha256:${posix.basename(config).replace(/\.json$/, "")}`;

export function platformOf(config: Record<string, unknown>): string {
  const parts = [
    config["os"] ?? config["Os"],
    config["architecture"] ?? config["Architecture"],
    config["variant"],
  ];
  return parts.filter((it) => typeof it === "string" && it !== "").join("/");
}

export function historyOf(config: Record<string, unknown>): readonly HistoryEntry[] {
  return recordsIn(config["history"]).map((it) => ({
    createdBy: typeof it["created_by"] === "string" ? it["created_by"] : "",
    emptyLayer: it["empty_layer"] === true,
  }));
}

function blobAt({ blobs, links }: Contents, path: string): Blob | undefined {
  const direct = blobs.get(path);
  if (direct !== undefined) return direct;
  const link = links.get(path);
  return link === undefined ? undefined : blobs.get(link);
}

function documentAt(contents: Contents, path: string): string | undefined {
  const blob = blobAt(contents, path);
  return blob?.kind === "document" ? blob.text : undefined;
}

function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordIn(value: unknown): Record<string, unknown> | undefined {
  const it = typeof value === "string" ? jsonOf(value) : value;
  return isRecord(it) ? it : undefined;
}

const recordsIn = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((it) => typeof it === "string") : [];

const isRecord = (it: unknown): it is Record<string, unknown> =>
  typeof it === "object" && it !== null && !Array.isArray(it);
