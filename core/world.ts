/**
 * What is known around a document while it is judged: values only, read by the engine beforehand.
 * Anything may be absent; then sizes are unknown and rules that need it are silent.
 */
import type { BuildContext } from "./context/build-context.ts";
import type { IgnorePlace } from "./context/ignore-facts.ts";
import type { NamedImages } from "./dockerfile/named-contexts.ts";
import type { Knowledge } from "./link/knowledge.ts";
import type { PythonSurroundings } from "./python/surroundings.ts";
import type { PackageSizes } from "./size/package-sizes.ts";

export interface World {
  /** Stage names or indexes that get built (compose, bake, setting). Empty: the last stage. */
  readonly targets: readonly string[];
  /** Values that a compose or bake file gives for ARGs. Undefined as a value: given, but not known. */
  readonly buildArguments?: ReadonlyMap<string, string | undefined>;
  /** A compose file reserves a GPU for what is built here. */
  readonly gpu?: boolean;
  /** The document's folder says that the image is for work on the project: a development container, a CI job. */
  readonly development?: boolean;
  /** The document's folder or name says that others build in this image. */
  readonly toolchain?: boolean;
  readonly context: BuildContext | undefined;
  /** Contexts that a compose or bake file gives a name, with the image that each is; a folder is none. */
  readonly namedContexts?: NamedImages;
  /** Those of them that are folders on this disk. */
  readonly namedFolders?: ReadonlyMap<string, BuildContext>;
  readonly packageSizes: PackageSizes | undefined;
  readonly knowledge: Knowledge | undefined;
  /** Around an ignore file. */
  readonly ignore?: IgnorePlace;
  /** Around a Python document. */
  readonly python?: PythonPlace;
}

export interface PythonPlace {
  /** Where the document lies; undefined while it is unsaved. */
  readonly path: string | undefined;
  readonly surroundings: PythonSurroundings;
}

export const emptyWorld: World = {
  targets: [],
  context: undefined,
  packageSizes: undefined,
  knowledge: undefined,
};
