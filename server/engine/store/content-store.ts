import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Assembled, Known } from "../image/assemble.ts";
import { longestDocument } from "../image/blob-reader.ts";
import type { ImageFacts } from "../image/docker.ts";
import type { LayerCache } from "../image/layer-cache.ts";
import { configIn, type Documents, type Manifest, manifestOf } from "../image/manifests.ts";
import { openLayout, readManifest } from "../image/read-stored.ts";
import type { ProgressListener } from "../image/reading-progress.ts";
import { troubleText } from "../trouble-text.ts";
import { digestOf } from "./store-documents.ts";
import { StoreError } from "./store-error.ts";

/** Where the content store of a containerd keeps its blobs, below its root. */
const contentFolder = "io.containerd.content.v1.content";
const usualRoot = "/var/lib/containerd";
const settings = "/etc/containerd/config.toml";

/**
 * An image in the content store of the containerd that a Docker daemon uses: manifests and layers as they were pulled or
 * built, which are what `docker save` sends. `root`: the daemon's own folder. Undefined: nothing of it can be seen from
 * here. Throws `StoreError` where something does not add up.
 */
export async function readContentStore(
  root: string,
  facts: ImageFacts,
  reference: string,
  listener: ProgressListener,
  cache: LayerCache | undefined,
): Promise<Assembled | undefined> {
  const path = blobPath(facts.id);
  // A daemon that starts a containerd itself keeps that one's folder in its own.
  const roots = [join(root, "containerd", "daemon"), rootInSettings(), usualRoot];
  const content = roots.map((it) => join(it, contentFolder)).find((it) => existsSync(join(it, path)));
  if (content === undefined) return undefined;
  const store = openLayout(content);
  try {
    const documents: Documents = (it) => store.open(it)?.text(longestDocument);
    const text = documents(path);
    if (text === undefined || digestOf(text) !== facts.id) return undefined;
    const manifest = manifestIn(documents, facts);
    if (manifest.layers.some((it) => store.open(it) === undefined))
      throw new StoreError("a layer's content is not there");
    const known: Known = { reference, source: "docker", readFrom: "containerd-content", platform: "" };
    // `manifestIn` has held the manifest's layers against the engine's word.
    const believed = cache === undefined ? undefined : { diffIds: facts.diffIds, cache };
    const res = await readManifest(store, manifest, known, listener, believed);
    if (typeof res === "string") throw new StoreError(res);
    return res;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(`a content cannot be read: ${troubleText(cause)}`);
  } finally {
    store.close();
  }
}

/** The manifest that the engine means: of the platform and with the layers that it tells. */
function manifestIn(documents: Documents, { id, os, architecture, variant, diffIds }: ImageFacts): Manifest {
  const index = JSON.stringify({ manifests: [{ digest: id }] });
  const platform = [os, architecture, variant].filter((it) => it !== "").join("/");
  const found = manifestOf((path) => (path === "index.json" ? index : documents(path)), platform);
  if (typeof found === "string") throw new StoreError(found);
  const own = configIn(documents(found.config))?.diffIds ?? [];
  if (own.length !== diffIds.length || own.some((it, at) => it !== diffIds[at]))
    throw new StoreError("the image's config names other layers than the engine");
  // Other platforms and attestations are no part of what the engine would send.
  return { ...found, reference: undefined, troubles: [] };
}

function rootInSettings(): string {
  try {
    return /^root\s*=\s*["']([^"']+)["']/m.exec(readFileSync(settings, "utf8"))?.[1] ?? usualRoot;
  } catch {
    return usualRoot;
  }
}

const blobPath = (digest: string): string => `blobs/${digest.replace(":", "/")}`;
