import { basename, resolve } from "node:path";
import { contextName } from "../../../core/dockerfile/named-contexts.ts";

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
  /** Contexts beside the main one, by name. */
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
  /** Nobody builds it without asking for it by a profile. */
  readonly optional: boolean;
}

/** What a named context is; neither: a repository, a target, or not known. */
export interface NamedContext {
  readonly image: string | undefined;
  /** Of this disk. */
  readonly folder: string | undefined;
}

/** Tells that a file is broken: one sentence for people. */
export type TellTrouble = (sentence: string) => void;

/** What files say about a build, as far as it can be known; undefined in it: said, but not known. */
export interface WrittenBuild {
  readonly context: string | undefined;
  readonly dockerfile: string | undefined;
  readonly target: string | undefined;
  readonly image: string | undefined;
  readonly buildArguments: ReadonlyMap<string, string | undefined>;
  readonly gpu: boolean;
  readonly namedContexts: ReadonlyMap<string, string | undefined>;
  readonly optional: boolean;
}

/** Undefined: what is built cannot be told, or it is not on this disk. */
export function planFrom(file: string, folder: string, written: WrittenBuild): BuildPlan | undefined {
  const { context, dockerfile, target, image, buildArguments, gpu, optional } = written;
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
    namedContexts: new Map(
      [...written.namedContexts].map(([name, it]) => [contextName(name), namedContext(it, folder)] as const),
    ),
    optional,
  };
}

function namedContext(written: string | undefined, folder: string): NamedContext {
  const image = /^docker-image:\/\/(.+)$/.exec(written ?? "")?.[1];
  const isFolder = written !== undefined && written !== "" && !isRemote(written);
  return { image, folder: isFolder ? resolve(folder, written) : undefined };
}

/** Larger files are not written by hand. */
export const largestPlanFile = 1_000_000;

export const isRecord = (it: unknown): it is Readonly<Record<string, unknown>> =>
  typeof it === "object" && it !== null && !Array.isArray(it);

const isRemote = (context: string): boolean =>
  /^(?:https?|git|ssh|docker-image|oci-layout|target|service):|^git@/.test(context);
