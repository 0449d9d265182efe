import { type Fields, fieldsOf, textOr } from "../records.ts";

/** What an image's annotations say of its base (OCI image-spec, annotations.md). Its word alone proves nothing. */
export interface AnnotatedBase {
  /** As people write it; the digest where it has no name. */
  readonly name: string;
  /** Of its manifest, or of the index that holds it. */
  readonly digest: string;
}

/** An image as its manifest and config list its layers, lowest first. */
export interface ListedLayers {
  readonly digests: readonly string[];
  readonly diffIds: readonly string[];
}

const nameKey = "org.opencontainers.image.base.name";
const digestKey = "org.opencontainers.image.base.digest";

/** `annotations`: of the manifest and of what points to it. */
export function annotatedBase(...annotations: readonly unknown[]): AnnotatedBase | undefined {
  const all: Fields = Object.assign({}, ...annotations.map((it) => fieldsOf(it)));
  const digest = textOr(all[digestKey], "");
  return /^sha256:[0-9a-f]{64}$/.test(digest)
    ? { name: textOr(all[nameKey], "") || digest, digest }
    : undefined;
}

/** How many layers the base brought: all of its own, where they are the image's lowest; undefined where they are not. */
export function sharedLayers(base: ListedLayers, image: ListedLayers): number | undefined {
  const isStart = (a: readonly string[], b: readonly string[]): boolean =>
    a.length > 0 && a.length < b.length && a.every((it, index) => it === b[index]);
  // Packed anew, layers have other digests and still the same diff IDs.
  if (isStart(base.digests, image.digests)) return base.digests.length;
  return isStart(base.diffIds, image.diffIds) ? base.diffIds.length : undefined;
}
