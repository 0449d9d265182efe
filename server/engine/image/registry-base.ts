import { type Fields, fieldsOf, jsonOf, recordsIn, textOr } from "../records.ts";
import { type Reference, referenceOf } from "../registry/reference.ts";
import { Registry, type RegistryOptions } from "../registry/registry.ts";
import { annotatedBase, type ListedLayers, sharedLayers } from "./annotated-base.ts";
import { configIn } from "./manifests.ts";
import { digestOf, registryManifest } from "./registry-manifest.ts";

/**
 * The base that an image's annotations name, held against that base's own manifest. Only the image's registry is asked:
 * an image does not decide who else is. `config`: of the image. Throws what the registry throws.
 */
export async function registryBase(
  image: Reference,
  options: RegistryOptions,
  manifest: Fields,
  config: string,
): Promise<{ readonly name: string; readonly layers: number } | undefined> {
  const named = annotatedBase(manifest["annotations"]);
  if (named === undefined) return undefined;
  const base = named.name === named.digest ? image : referenceOf(named.name);
  if (base?.address !== image.address) return undefined;
  const registry = new Registry(base, options);
  const { text } = await registryManifest(registry, named.digest, configIn(config)?.platform ?? "");
  const found = fieldsOf(jsonOf(text));
  const own = await registry.document(digestOf(fieldsOf(found["config"])));
  const layers = sharedLayers(listed(found, own), listed(manifest, config));
  return layers === undefined ? undefined : { name: named.name, layers };
}

const listed = (manifest: Fields, config: string): ListedLayers => ({
  digests: recordsIn(manifest["layers"]).map((it) => textOr(it["digest"], "")),
  diffIds: configIn(config)?.diffIds ?? [],
});
