/** What the engine found around a Python document: values only; anything may be absent. */
import type { PythonCatalogue } from "./catalogue.ts";
import type { IndexKnowledge } from "./index/knowledge.ts";
import type { InstalledWorld } from "./installed.ts";
import type { Lock } from "./lock.ts";
import type { PythonProject } from "./project.ts";
import type { ShippedPython } from "./shipped.ts";
import type { SourceUse } from "./source-use.ts";
import { type Target, targetOfImage } from "./target.ts";

export interface PythonSurroundings {
  /** The workspace folder that the document lies in; empty: not known. */
  readonly folder: string;
  readonly lock: Lock | undefined;
  /** A lock file that is there and cannot be read, and why. */
  readonly lockTrouble: { readonly path: string; readonly why: string } | undefined;
  /** One for each Dockerfile that has to do with the project; the one that decides comes first (shipped.ts). */
  readonly images: readonly ShippedPython[];
  /** Files that the document names (`-r`, dynamic dependencies), by the path it names them with. */
  readonly files: ReadonlyMap<string, PythonProject>;
  readonly catalogue: PythonCatalogue | undefined;
  /** The virtual environment beside the project. */
  readonly environment: InstalledWorld | undefined;
  /** What package indexes told; undefined: none was asked. */
  readonly index: IndexKnowledge | undefined;
  /** What the project's own files mention of its heavy requirements; undefined: nobody looked. */
  readonly sources: SourceUse | undefined;
}

export const emptySurroundings: PythonSurroundings = {
  folder: "",
  lock: undefined,
  lockTrouble: undefined,
  images: [],
  files: new Map(),
  catalogue: undefined,
  environment: undefined,
  index: undefined,
  sources: undefined,
};

/** The first that is not for development, where there are others; without any, what the project asks for decides. */
export const decidingImage = ({ images }: PythonSurroundings): ShippedPython | undefined =>
  images.find((it) => !it.forDevelopment) ?? images[0];

export const targetFor = (project: PythonProject, surroundings: PythonSurroundings): Target =>
  decidingImage(surroundings)?.target ??
  targetOfImage(undefined, project.requiresPython, "x86_64", surroundings.environment);

/** Where a document lies in its workspace folder, which alone says what its folders are for; else its bare name. */
export function pathInside({ folder }: PythonSurroundings, path: string | undefined): string {
  if (path === undefined) return "";
  if (folder !== "" && path.startsWith(folder)) return path.slice(folder.length);
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
