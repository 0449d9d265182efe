import { PathTree } from "../../../core/image/path-tree.ts";
import { bytes } from "../../../core/size/bytes.ts";
import type { Problem } from "../../../protocol/requests.ts";
import { fieldsOf, jsonOf, recordsIn } from "../records.ts";
import { type Reference, referenceOf } from "../registry/reference.ts";
import { Registry, RegistryError, type RegistryOptions } from "../registry/registry.ts";
import type { Analysed, Listener } from "./analyze-here.ts";
import { assemble } from "./assemble.ts";
import { type Blob, BlobReader } from "./blob-reader.ts";
import type { LayerCache } from "./layer-cache.ts";
import { configIn, isFor, isForeign } from "./manifests.ts";
import type { AnalysisTarget } from "./messages.ts";
import { ReadingProgress } from "./reading-progress.ts";
import { registryBase } from "./registry-base.ts";
import { digestOf, registryManifest, sizeOf } from "./registry-manifest.ts";
import { annotatedRelatives, noRelatives } from "./relatives.ts";

/** An image of a registry: its layers pass by, nothing is pulled and nothing is kept. */
export async function analyzeRegistryImage(
  target: Extract<AnalysisTarget, { kind: "registry" }>,
  listener: Listener,
  cache: LayerCache | undefined,
): Promise<Analysed> {
  const reference = referenceOf(target.reference);
  if (reference === undefined) {
    return failed(
      `${target.reference} is no reference of an image: write host/name:tag or host/name@sha256:…`,
    );
  }
  try {
    return await read(reference, target, listener, cache);
  } catch (cause) {
    if (!(cause instanceof RegistryError)) throw cause;
    return failed(`${reference.shown}: the registry ${reference.address} ${cause.message}.`);
  }
}

async function read(
  reference: Reference,
  { platform, insecure, proxy, pinned }: Extract<AnalysisTarget, { kind: "registry" }>,
  listener: Listener,
  cache: LayerCache | undefined,
): Promise<Analysed> {
  const options: RegistryOptions = { insecure, proxy, environment: process.env };
  const registry = new Registry(reference, options, pinned?.authorization);
  const { text, digest, isChosen } = await registryManifest(
    registry,
    pinned?.digest ?? reference.version,
    platform,
  );
  const manifest = fieldsOf(jsonOf(text));
  const configDigest = digestOf(fieldsOf(manifest["config"]));
  const layers = recordsIn(manifest["layers"]);
  const config = await registry.document(configDigest);
  const settings = configIn(config);
  if (!isChosen && platform !== "" && settings !== undefined && !isFor(settings.platform, platform))
    throw new RegistryError(`has no ${platform} of it; there is ${settings.platform}`);
  const history = settings?.history.filter((it) => !it.emptyLayer) ?? [];
  listener.first({
    image: {
      reference: reference.shown,
      id: configDigest,
      platform: settings?.platform ?? "",
      source: "registry",
    },
    layers: layers.map((it, index) => ({
      createdBy: history.length === layers.length ? (history[index]?.createdBy ?? "") : "",
      bytes: bytes(sizeOf(it)),
    })),
    sizesFrom: "as the manifest states, compressed",
  });
  const blobs = new Map<string, Blob>([
    ["index.json", document({ manifests: [{ digest }] })],
    [pathOf(digest), { kind: "document", text }],
    [pathOf(configDigest), { kind: "document", text: config }],
  ]);
  // Beside the layers.
  const base = registryBase(reference, options, manifest, config).catch(() => undefined);
  const tree = new PathTree();
  const parts = new Map(layers.filter((it) => !isForeign(it)).map((it) => [digestOf(it), sizeOf(it)]));
  const total = [...parts.values()].reduce((sum, it) => sum + it, 0);
  const progress = new ReadingProgress(listener, total, parts.size);
  for (const part of parts.keys()) {
    const blob = await cachedBlob(part, cache, tree, (reader) =>
      transfer(registry, part, reader, (count) => progress.bytes(count)),
    );
    blobs.set(pathOf(part), blob);
    const places = layers.flatMap((it, index) => (it["digest"] === part ? [index] : []));
    if (blob.kind === "layer") progress.layer(blob.layer, places);
  }
  const result = assemble(
    { tree, blobs, links: new Map(), troubles: [] },
    { reference: reference.shown, source: "registry", readFrom: "registry", platform: "" },
  );
  if (typeof result === "string") return failed(`${reference.shown} cannot be analyzed: ${result}.`);
  const found = await base;
  return { ok: true, ...result, relatives: found === undefined ? noRelatives : annotatedRelatives(found) };
}

/** What is kept is not asked for again; what is not, is hashed on its way and kept. */
async function cachedBlob(
  digest: string,
  cache: LayerCache | undefined,
  tree: PathTree,
  read: (reader: BlobReader) => Promise<Blob>,
): Promise<Blob> {
  if (cache === undefined) return read(new BlobReader(tree));
  const diffId = await cache.diffIdOf(digest);
  const known = diffId === undefined ? undefined : await cache.read(diffId, tree);
  if (known !== undefined) return { kind: "layer", layer: known };
  const blob = await read(new BlobReader(tree, "all"));
  if (blob.kind === "layer" && blob.layer.diffId !== undefined) {
    await cache.write(blob.layer.diffId, blob.layer);
    await cache.learn(digest, blob.layer.diffId);
  }
  return blob;
}

async function transfer(
  registry: Registry,
  digest: string,
  reader: BlobReader,
  onBytes: (count: number) => void,
): Promise<Blob> {
  for await (const chunk of registry.blob(digest)) {
    onBytes(chunk.length);
    await reader.push(chunk);
  }
  return reader.finish();
}

const pathOf = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

const document = (value: object): Blob => ({ kind: "document", text: JSON.stringify(value) });

const failed = (message: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { message, retry: true },
});
