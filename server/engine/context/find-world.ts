import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { BuildContext, IgnoreFile } from "../../../core/context/build-context.ts";
import { ListedContext } from "../../../core/context/listed-context.ts";
import { manifestPaths } from "../../../core/context/manifests.ts";
import { scriptPaths } from "../../../core/context/scripts.ts";
import { hasWildcards } from "../../../core/context/wildcards.ts";
import type { NamedImages } from "../../../core/dockerfile/named-contexts.ts";
import {
  isDevelopmentDockerfile,
  isDevelopmentPlace,
  isToolchainPlace,
} from "../../../core/dockerfile/purpose.ts";
import type { PackageSizes } from "../../../core/size/package-sizes.ts";
import { regularText } from "../regular-file.ts";
import { troubleText } from "../trouble-text.ts";
import type { BuildPlan, NamedContext } from "./build-plan.ts";
import { FolderPlans } from "./folder-plans.ts";
import { type Walked, walk } from "./walk.ts";

/** What is known around one Dockerfile. */
export interface FoundWorld {
  /** Stage names; "" is the last stage. None: nobody says. */
  readonly targets: readonly string[];
  /** Values for ARGs, the same for all that is built; undefined: given, but not known. */
  readonly buildArguments: ReadonlyMap<string, string | undefined> | undefined;
  /** Something that is built from it reserves a GPU. */
  readonly gpu: boolean;
  /** Its folder is one of development containers or CI jobs. */
  readonly development: boolean;
  /** Contexts given by name in all that is built, with the image that each is. */
  readonly namedContexts: NamedImages | undefined;
  /** Those of them that are folders of the workspace. */
  readonly namedFolders: ReadonlyMap<string, BuildContext> | undefined;
  /** Its place says that others build in the image. */
  readonly toolchain: boolean;
  readonly context: BuildContext | undefined;
  readonly contextPath: string | undefined;
  /** Names of images that compose or bake files build from this Dockerfile. */
  readonly images: readonly string[];
  readonly packageSizes: PackageSizes | undefined;
}

/** How a context was found that nobody names. */
export const guessedContext = "where the sources of COPY are";

interface Options {
  readonly workspaceFolders: readonly string[];
  readonly packageSizes: () => Promise<PackageSizes | undefined>;
  readonly log: (line: string) => void;
  /** The text of a file that is open in the editor. */
  readonly openText?: (path: string) => string | undefined;
  /** Nothing changes but what `invalidate` tells of: what folders hold and say about builds is read once. */
  readonly still?: boolean;
}

/** A build context as it lies on the disk. */
interface Listing extends Walked {
  readonly manifests: ReadonlyMap<string, string>;
}

interface Place {
  readonly path: string;
  readonly foundBy: string;
}

/** Finds build contexts and targets, once per Dockerfile until something changes. */
export class WorldFinder {
  readonly #options: Options;
  /** Told once, until something changes. */
  readonly #told = new Set<string>();
  readonly #plans = new Map<string, Promise<FolderPlans>>();
  readonly #listings = new Map<string, Promise<Listing>>();
  readonly #found = new Map<string, { readonly key: string; readonly world: FoundWorld }>();

  constructor(options: Options) {
    this.#options = options;
  }

  async worldOf(
    dockerfile: string,
    copySources: readonly string[],
    settings: { readonly target: string; readonly context: string },
    signal?: AbortSignal,
  ): Promise<FoundWorld> {
    const key = JSON.stringify([copySources, settings]);
    const known = this.#found.get(dockerfile);
    if (known?.key === key) return known.world;
    const world = await this.#find(dockerfile, copySources, settings, signal);
    if (signal?.aborted !== true) this.#found.set(dockerfile, { key, world });
    return world;
  }

  /** What was found before; undefined: never asked. */
  cached(dockerfile: string): FoundWorld | undefined {
    return this.#found.get(dockerfile)?.world;
  }

  /** A file changed: forgets what depends on it; without a path, everything. */
  invalidate(path?: string): void {
    this.#told.clear();
    this.#plans.clear();
    this.#listings.clear();
    if (path === undefined) {
      this.#found.clear();
      return;
    }
    for (const [dockerfile, { world }] of this.#found) {
      const { contextPath } = world;
      const concerns =
        contextPath === undefined ||
        isInside(contextPath, path) ||
        /compose|bake|^\.env$/.test(basename(path));
      if (concerns || isInside(dirname(dockerfile), path)) this.#found.delete(dockerfile);
    }
  }

  async #find(
    dockerfile: string,
    copySources: readonly string[],
    settings: { readonly target: string; readonly context: string },
    signal: AbortSignal | undefined,
  ): Promise<FoundWorld> {
    const folders = this.#foldersOf(dockerfile);
    const plans: BuildPlan[] = [];
    for (const folder of folders) {
      plans.push(...(await (await this.#plansIn(folder)).for(dockerfile)));
      if (plans.length > 0) break;
    }
    const place = await this.#placeOf(plans, settings.context, folders, copySources);
    const targets = settings.target === "" ? unique(plans.map((it) => it.target)) : [settings.target];
    const chosen = settings.target === "" ? plans : plans.filter((it) => it.target === settings.target);
    const named = namedContextsOf(chosen);
    return {
      buildArguments: argumentsOf(chosen),
      namedContexts: named && new Map([...named].map(([name, { image }]) => [name, image] as const)),
      namedFolders: named && (await this.#readNamed(named, folders.at(-1) ?? "", signal)),
      gpu: chosen.some((it) => it.gpu),
      development: isDevelopmentPlace(dockerfile) || isDevelopmentDockerfile(dockerfile),
      toolchain: isToolchainPlace(relative(folders.at(-1) ?? dirname(dockerfile), dockerfile)),
      targets: targets.every((it) => it === "") ? [] : targets,
      context:
        place === undefined
          ? undefined
          : await this.#read(place, ignoreFilesOf(dockerfile, place.path), signal),
      contextPath: place?.path,
      images: unique(plans.flatMap(({ image }) => image ?? [])),
      packageSizes: await this.#options.packageSizes(),
    };
  }

  readonly #tell = (sentence: string): void => {
    if (this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.#options.log(sentence);
  };

  #plansIn(folder: string): Promise<FolderPlans> {
    if (this.#options.still !== true) return FolderPlans.of(folder, this.#tell);
    const plans = this.#plans.get(folder) ?? FolderPlans.of(folder, this.#tell);
    this.#plans.set(folder, plans);
    return plans;
  }

  /** Dockerfiles of one context share it. */
  #listing(path: string, ignoreText: string, signal: AbortSignal | undefined): Promise<Listing> {
    if (this.#options.still !== true) return listContext(path, ignoreText, signal);
    const key = JSON.stringify([path, ignoreText]);
    const listing = this.#listings.get(key) ?? listContext(path, ignoreText, signal);
    this.#listings.set(key, listing);
    return listing;
  }

  /** The Dockerfile's folder and those above it, up to the workspace folder. */
  #foldersOf(dockerfile: string): readonly string[] {
    const own = dirname(dockerfile);
    const root = this.#options.workspaceFolders
      .filter((it) => isInside(it, own))
      .sort((a, b) => b.length - a.length)[0];
    if (root === undefined) return [own];
    const res = [own];
    for (let at = own; at !== resolve(root); at = dirname(at)) res.push(dirname(at));
    return res;
  }

  async #placeOf(
    plans: readonly BuildPlan[],
    setting: string,
    folders: readonly string[],
    copySources: readonly string[],
  ): Promise<Place | undefined> {
    const top = folders.at(-1) ?? "";
    if (setting !== "") return { path: resolve(top, setting), foundBy: "setting plimsoll.context" };
    const [plan] = plans;
    // A context outside the workspace is not read without being asked for.
    if (plan !== undefined && isInside(top, plan.context)) return { path: plan.context, foundBy: plan.file };
    const wanted = copySources.filter((it) => !/^(?:https?|git|ssh):|^git@/.test(it));
    if (wanted.length === 0) return undefined;
    for (const folder of folders) {
      const there = await Promise.all(wanted.map((it) => exists(folder, it)));
      if (there.every(Boolean)) return { path: folder, foundBy: guessedContext };
    }
    return undefined;
  }

  /** Folders outside the workspace are not read. */
  async #readNamed(
    named: ReadonlyMap<string, NamedContext>,
    top: string,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, BuildContext>> {
    const res = new Map<string, BuildContext>();
    for (const [name, { folder }] of named) {
      if (folder === undefined || !isInside(top, folder)) continue;
      const place = { path: folder, foundBy: `the context ${name}` };
      const context = await this.#read(place, [join(folder, ".dockerignore")], signal);
      if (context !== undefined) res.set(name, context);
    }
    return res;
  }

  async #read(
    { path, foundBy }: Place,
    ignoreFiles: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<BuildContext | undefined> {
    try {
      if (!(await stat(path)).isDirectory()) return undefined;
      const ignoreFile = await firstIgnoreFile(ignoreFiles, path, this.#options.openText);
      return new ListedContext({
        ...(await this.#listing(path, ignoreFile?.text ?? "", signal)),
        foundBy,
        ignoreFile,
        newIgnorePath: ".dockerignore",
      });
    } catch (cause) {
      this.#options.log(`The build context ${path} cannot be read: ${troubleText(cause)}`);
      return undefined;
    }
  }
}

/** What all plans give is known; what only some give, or give differently, is not. */
function argumentsOf(plans: readonly BuildPlan[]): FoundWorld["buildArguments"] {
  const names = new Set(plans.flatMap((it) => [...it.buildArguments.keys()]));
  if (names.size === 0) return undefined;
  return new Map(
    [...names].map((name) => {
      const values = new Set(plans.map((it) => it.buildArguments.get(name)));
      return [name, values.size === 1 ? [...values][0] : undefined];
    }),
  );
}

/** Those that every plan gives; where they are not the same, only that there is one is known. */
function namedContextsOf(plans: readonly BuildPlan[]): ReadonlyMap<string, NamedContext> | undefined {
  const [first, ...others] = plans;
  const res = new Map<string, NamedContext>();
  for (const [name, it] of first?.namedContexts ?? []) {
    const rest = others.map(({ namedContexts }) => namedContexts.get(name));
    if (rest.some((other) => other === undefined)) continue;
    const isSame = rest.every((other) => other?.image === it.image && other?.folder === it.folder);
    res.set(name, isSame ? it : { image: undefined, folder: undefined });
  }
  return res.size === 0 ? undefined : res;
}

async function listContext(
  path: string,
  ignoreText: string,
  signal: AbortSignal | undefined,
): Promise<Listing> {
  const walked = await walk(path, ignoreText, signal);
  const wanted = [...manifestPaths(walked.root), ...scriptPaths(walked.root)];
  return { ...walked, manifests: await textsOf(path, wanted) };
}

/** What cannot be read is left out. */
async function textsOf(folder: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const read = await Promise.all(
    paths.map(async (path) => [path, await regularText(join(folder, path)).catch(() => undefined)] as const),
  );
  return new Map(read.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])));
}

/** The file beside the Dockerfile wins over the context's own. */
const ignoreFilesOf = (dockerfile: string, context: string): readonly string[] => [
  `${dockerfile}.dockerignore`,
  join(context, ".dockerignore"),
];

async function firstIgnoreFile(
  files: readonly string[],
  context: string,
  openText: Options["openText"],
): Promise<IgnoreFile | undefined> {
  for (const file of files) {
    const text = openText?.(file) ?? (await regularText(file).catch(() => undefined));
    if (text !== undefined) return { path: relative(context, file).split(sep).join("/"), text };
  }
  return undefined;
}

/** A pattern counts as there: it may match nothing and still build. */
async function exists(folder: string, source: string): Promise<boolean> {
  const parts = source.split("/");
  const first = parts.findIndex(hasWildcards);
  const literal = first === -1 ? parts : parts.slice(0, first);
  return stat(join(folder, ...literal)).then(
    () => true,
    () => false,
  );
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return (
    way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && resolve(folder, way) === resolve(path))
  );
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
