import { type Fields, fieldsOf, jsonOf, recordsIn, textOr } from "../records.ts";
import { type Registry, RegistryError } from "../registry/registry.ts";
import { isFor, platformIn } from "./manifests.ts";

/** The image's manifest; of an index, that of the platform: then it is chosen. */
export async function registryManifest(
  registry: Registry,
  version: string,
  platform: string,
): Promise<{ readonly text: string; readonly digest: string; readonly isChosen: boolean }> {
  const found = await registry.manifest(version);
  const chosen = chosenIn(fieldsOf(jsonOf(found.text)), platform);
  return chosen === undefined
    ? { ...found, isChosen: false }
    : { ...(await registry.manifest(chosen)), isChosen: true };
}

/** The digest of the image's manifest, by one request. */
export async function registryDigest(registry: Registry, version: string, platform: string): Promise<string> {
  const { text, digest } = await registry.manifest(version);
  return chosenIn(fieldsOf(jsonOf(text)), platform) ?? digest;
}

/** Of an index, the digest of the platform's manifest; undefined: it is the manifest of one image. */
function chosenIn(manifest: Fields, platform: string): string | undefined {
  if (manifest["manifests"] === undefined) {
    if (manifest["config"] === undefined) throw new RegistryError("has no image under this name");
    return undefined;
  }
  const wanted = platform === "" ? `linux/${architecture()}` : platform;
  // Attestations say that their platform is unknown.
  const choices = recordsIn(manifest["manifests"]).filter(
    (it) => fieldsOf(it["platform"])["os"] !== "unknown",
  );
  const chosen =
    choices.find((it) => nameOf(it) === wanted) ??
    choices.find((it) => isFor(nameOf(it), wanted)) ??
    (choices.length === 1 && platform === "" ? choices[0] : undefined);
  if (chosen === undefined) {
    throw new RegistryError(`has no ${wanted} of it; there are ${choices.map(nameOf).join(", ") || "none"}`);
  }
  return digestOf(chosen);
}

const nameOf = (descriptor: Fields): string => platformIn({ ...fieldsOf(descriptor["platform"]) });

const architecture = (): string => ({ x64: "amd64", ia32: "386" })[process.arch.toString()] ?? process.arch;

export function digestOf(descriptor: Fields): string {
  const digest = textOr(descriptor["digest"], "");
  if (!/^sha(?:256|512):[0-9a-f]+$/.test(digest)) throw new RegistryError("sent a manifest without digests");
  return digest;
}

export const sizeOf = (descriptor: Fields): number => {
  const { size } = descriptor;
  return typeof size === "number" && Number.isSafeInteger(size) && size > 0 ? size : 0;
};
