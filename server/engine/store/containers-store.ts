import { join } from "node:path";
import type { Assembled } from "../image/assemble.ts";
import { configIn } from "../image/manifests.ts";
import type { ReadingProgress } from "../image/reading-progress.ts";
import { type Fields, fieldsOf, jsonOf, recordsIn } from "../records.ts";
import { readSplitImage } from "./split-image.ts";
import type { SplitLayerPlace } from "./split-layer.ts";
import { digestOf, hexOf, textAt } from "./store-documents.ts";
import { StoreError } from "./store-error.ts";

/** Where each driver of containers/storage unpacks a layer. */
const folders = {
  overlay: (root: string, id: string) => join(root, "overlay", id, "diff"),
  vfs: (root: string, id: string) => join(root, "vfs", "dir", id),
};

export type ContainersDriver = keyof typeof folders;

export const isContainersDriver = (it: unknown): it is ContainersDriver =>
  typeof it === "string" && Object.hasOwn(folders, it);

/**
 * An image in a store of containers/storage, as Podman keeps it: its config and, of every layer, the headers of its tar
 * and its files unpacked (`images.go` and `layers.go` there; `podman save` reads the same). `root`: Podman's graph root.
 * Undefined: nothing of it can be seen from here. Throws `StoreError` where something does not add up.
 */
export async function readContainersStore(
  root: string,
  driver: ContainersDriver,
  id: string,
  reference: string,
  progress: ReadingProgress,
): Promise<Assembled | undefined> {
  const hex = hexOf(id);
  if (hex === undefined) return undefined;
  // Layers of an image may lie in another store than the image.
  const roots = [...new Set([root, ...(await otherRoots())])];
  const image = await firstOf(roots, (it) => imageIn(join(it, `${driver}-images`), hex));
  if (image === undefined) return undefined;
  const config = configIn(image.config);
  if (config === undefined) throw new StoreError("the image's config is broken");
  const layers = await layersIn(roots, driver);
  const places: SplitLayerPlace[] = [];
  let layer = image.layer;
  for (const diffId of config.diffIds.toReversed()) {
    const found = layers.get(layer);
    if (found?.record["diff-digest"] !== diffId || fieldsOf(found.record["flags"])["incomplete"] === true)
      throw new StoreError("a layer has no record of its own");
    places.unshift({
      records: join(found.root, `${driver}-layers`, `${layer}.tar-split.gz`),
      folder: folders[driver](found.root, layer),
    });
    layer = idIn(found.record["parent"]);
  }
  if (layer !== "") throw new StoreError("the image has more layers than its config names");
  const { platform } = config;
  return readSplitImage(
    { reference, id, platform, source: "docker", readFrom: "containers-storage-records" },
    config,
    places,
    progress,
  );
}

/** The image's config and the id of its uppermost layer. */
async function imageIn(
  folder: string,
  hex: string,
): Promise<{ readonly config: string; readonly layer: string } | undefined> {
  const id = `sha256:${hex}`;
  // A name with other characters than small letters, digits and dots is kept in base64.
  const config = await textAt(join(folder, hex, `=${Buffer.from(id).toString("base64")}`));
  if (config === undefined || digestOf(config) !== id) return undefined;
  const record = (await recordsAt(join(folder, "images.json"))).find((it) => it["id"] === hex);
  return record && { config, layer: idIn(record["layer"]) };
}

/** By their ids. */
async function layersIn(
  roots: readonly string[],
  driver: ContainersDriver,
): Promise<ReadonlyMap<string, { readonly root: string; readonly record: Fields }>> {
  const res = new Map<string, { readonly root: string; readonly record: Fields }>();
  for (const root of roots) {
    for (const record of await recordsAt(join(root, `${driver}-layers`, "layers.json"))) {
      const id = idIn(record["id"]);
      if (!res.has(id)) res.set(id, { root, record });
    }
  }
  return res;
}

const recordsAt = async (path: string): Promise<readonly Fields[]> =>
  recordsIn(jsonOf((await textAt(path)) ?? ""));

const idIn = (it: unknown): string => (typeof it === "string" && /^[0-9a-f]{64}$/.test(it) ? it : "");

/** Stores that the machine's or the user's settings name beside an engine's own (containers-storage.conf(5)). */
async function otherRoots(): Promise<readonly string[]> {
  const { CONTAINERS_STORAGE_CONF: named, XDG_CONFIG_HOME: config, HOME: home = "" } = process.env;
  const paths = [
    ...(named === undefined ? [] : [named]),
    join(config ?? join(home, ".config"), "containers", "storage.conf"),
    "/etc/containers/storage.conf",
    "/usr/share/containers/storage.conf",
  ];
  const texts = await Promise.all(paths.map(async (it) => (await textAt(it)) ?? ""));
  return texts.flatMap(rootsIn);
}

function rootsIn(settings: string): readonly string[] {
  const text = settings.replace(/^\s*#.*$/gm, "");
  const [, listed = ""] = /^\s*additionalimagestores\s*=\s*\[([^\]]*)\]/m.exec(text) ?? [];
  const [, images = ""] = /^\s*imagestore\s*=\s*("[^"\n]*"|'[^'\n]*')/m.exec(text) ?? [];
  return [...`${images} ${listed}`.matchAll(/["']([^"'\n]+)["']/g)]
    .map(([, path = ""]) => path)
    .filter((it) => it.startsWith("/"));
}

async function firstOf<From, To>(
  from: readonly From[],
  find: (it: From) => Promise<To | undefined>,
): Promise<To | undefined> {
  for (const it of from) {
    const found = await find(it);
    if (found !== undefined) return found;
  }
  return undefined;
}
