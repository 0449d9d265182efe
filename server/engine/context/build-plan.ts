import { basename, resolve } from "node:path";

/** A service or bake target that builds a given Dockerfile. */
export interface BuildPlan {
  /** The file that says so. */
  readonly file: string;
  readonly context: string;
  readonly dockerfile: string;
  /** Empty: the last stage. */
  readonly target: string;
  /** Name of the image that it builds, when the file gives one. */
  readonly image: string | undefined;
  /** Values for ARGs; undefined: given, but not known here. */
  readonly buildArguments: ReadonlyMap<string, string | undefined>;
  /** A GPU is reserved for what runs there. */
  readonly gpu: boolean;
}

/** What files say about a build, as far as it can be known; undefined in it: said, but not known. */
export interface WrittenBuild {
  readonly context: string | undefined;
  readonly dockerfile: string | undefined;
  readonly target: string | undefined;
  readonly image: string | undefined;
  readonly buildArguments: ReadonlyMap<string, string | undefined>;
  readonly gpu: boolean;
}

/** Undefined: what is built cannot be told, or it is not on this disk. */
export function planFrom(file: string, folder: string, written: WrittenBuild): BuildPlan | undefined {
  const { context, dockerfile, target, image, buildArguments, gpu } = written;
  if (context === undefined || dockerfile === undefined || target === undefined || isRemote(context)) {
    return undefined;
  }
  const place = resolve(folder, context);
  return {
    file: basename(file),
    context: place,
    dockerfile: resolve(place, dockerfile),
    target,
    image,
    buildArguments,
    gpu,
  };
}

/** Larger files are not written by hand. */
export const largestPlanFile = 1_000_000;

export const isRecord = (it: unknown): it is Readonly<Record<string, unknown>> =>
  typeof it === "object" && it !== null && !Array.isArray(it);

const isRemote = (context: string): boolean =>
  /^(?:https?|git|ssh|docker-image|oci-layout|target|service):|^git@/.test(context);
