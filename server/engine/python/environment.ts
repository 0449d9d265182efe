/** The virtual environment beside a project: which one it is, and what is installed in it. */
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve, sep } from "node:path";
import { headersOf } from "../../../core/python/core-metadata.ts";
import {
  type InstalledDistribution,
  type InstalledWorld,
  installedWorld,
} from "../../../core/python/installed.ts";
import { normalised } from "../../../core/python/names.ts";
import { readRecord } from "../../../core/python/record.ts";
import { bytes } from "../../../core/size/bytes.ts";
import { atMost } from "../at-most.ts";
import { regularText } from "../regular-file.ts";

/** Names that tools and people give an environment beside a project, the usual one first. */
const names = [".venv", "venv", "env", ".env", ".conda"];
/** The largest environments have hundreds. */
const mostDistributions = 3_000;
const largestFile = 32_000_000;
const filesAtOnce = 16;

interface Kept {
  readonly stamp: number;
  readonly world: Promise<InstalledWorld | undefined>;
}

/** Reads environments, each again only when something was installed or removed. */
export class EnvironmentReader {
  readonly #kept = new Map<string, Kept>();
  readonly #variables: NodeJS.ProcessEnv;

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
  }

  /**
   * Of the folders from the project's own up to the workspace's, the first that has one; else the active one, if it
   * has at least half of what the project asks for: it may be another project's.
   */
  async find(
    folders: readonly string[],
    shown: (path: string) => string,
    asked: ReadonlySet<string>,
  ): Promise<InstalledWorld | undefined> {
    for (const path of this.#beside(folders)) {
      const sites = await sitesOf(path);
      if (sites.length > 0) return this.#read(path, sites, isInside(folders, path) ? shown(path) : path);
    }
    for (const path of this.#active()) {
      const sites = await sitesOf(path);
      const world = sites.length === 0 ? undefined : await this.#read(path, sites, path);
      const there = [...asked].filter((it) => world?.byName.has(it) === true).length;
      if (asked.size > 0 && there * 2 >= asked.size) return world;
    }
    return undefined;
  }

  *#beside(folders: readonly string[]): Generator<string> {
    const { UV_PROJECT_ENVIRONMENT: ofUv = "" } = this.#variables;
    for (const folder of folders) {
      if (ofUv !== "") yield resolve(folder, ofUv);
      for (const name of names) yield join(folder, name);
    }
  }

  *#active(): Generator<string> {
    const { VIRTUAL_ENV, CONDA_PREFIX, CONDA_DEFAULT_ENV } = this.#variables;
    if (VIRTUAL_ENV !== undefined && isAbsolute(VIRTUAL_ENV)) yield VIRTUAL_ENV;
    // The base environment has whatever its user once needed.
    if (CONDA_PREFIX !== undefined && isAbsolute(CONDA_PREFIX) && CONDA_DEFAULT_ENV !== "base")
      yield CONDA_PREFIX;
  }

  async #read(path: string, sites: readonly string[], shown: string): Promise<InstalledWorld | undefined> {
    const times = await Promise.all(
      sites.map((it) =>
        stat(it).then(
          (one) => one.mtimeMs,
          () => 0,
        ),
      ),
    );
    const stamp = Math.max(...times);
    const key = `${path}\n${shown}`;
    const known = this.#kept.get(key);
    if (known?.stamp === stamp) return known.world;
    const world = worldIn(sites, `the environment ${shown}`);
    this.#kept.set(key, { stamp, world });
    return world;
  }
}

const isInside = (folders: readonly string[], path: string): boolean =>
  folders.some((it) => path.startsWith(`${it}${sep}`));

/** Folders of packages; none where it is no environment. */
async function sitesOf(path: string): Promise<readonly string[]> {
  const isOne = await anyIs([join(path, "pyvenv.cfg"), join(path, "conda-meta")]);
  if (!isOne) return [];
  const res = new Set<string>();
  for (const library of ["lib", "lib64"]) {
    for (const name of await readdir(join(path, library)).catch(() => [])) {
      if (/^(?:python|pypy)\d/.test(name)) res.add(join(path, library, name, "site-packages"));
    }
  }
  res.add(join(path, "Lib", "site-packages"));
  // lib64 is mostly a link to lib.
  const real = await Promise.all([...res].map((it) => realpath(it).catch(() => undefined)));
  return [...new Set(real.filter((it) => it !== undefined))];
}

const anyIs = async (paths: readonly string[]): Promise<boolean> => {
  for (const it of paths)
    if (
      await stat(it).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
};

async function worldIn(sites: readonly string[], from: string): Promise<InstalledWorld | undefined> {
  const folders: { site: string; name: string }[] = [];
  for (const site of sites) {
    for (const name of await readdir(site).catch(() => [])) {
      if (name.endsWith(".dist-info") && folders.length < mostDistributions) folders.push({ site, name });
    }
  }
  const found = await atMost(filesAtOnce, folders, ({ site, name }) => distributionIn(site, name));
  const all = found.filter((it) => it !== undefined);
  return all.length === 0 ? undefined : installedWorld(from, all, interpreterOf(sites));
}

/** By the folder of its packages: `lib/python3.12/site-packages`. */
const interpreterOf = (sites: readonly string[]): string | undefined =>
  sites.flatMap((it) => /[\\/]python(3\.\d+)[\\/]/.exec(it)?.[1] ?? [])[0];

async function distributionIn(site: string, folder: string): Promise<InstalledDistribution | undefined> {
  const text = (name: string): Promise<string | undefined> => textOf(join(site, folder, name));
  const [metadata, record, wheel, installer, origin] = await Promise.all([
    text("METADATA"),
    text("RECORD"),
    text("WHEEL"),
    text("INSTALLER"),
    text("direct_url.json"),
  ]);
  if (metadata === undefined) return undefined;
  const headers = headersOf(metadata);
  const [name, version] = [headers.get("name")?.[0], headers.get("version")?.[0]];
  if (name === undefined || version === undefined) return undefined;
  const files = record === undefined ? undefined : readRecord(record);
  const tags = headersOf(wheel ?? "").get("tag") ?? [];
  // conda builds its packages itself: what is not Python alone differs from the wheel.
  const isForeign = installer?.trim() === "conda" && !tags.every((it) => it.endsWith("-none-any"));
  const isLink = origin !== undefined && /"editable"\s*:\s*true/.test(origin);
  const isCountable = files !== undefined && !isForeign && !isLink;
  return {
    name: normalised(name),
    version,
    bytes: isCountable ? bytes(files.bytes + (await sizesOf(site, files.sizeless))) : undefined,
    pythonBytes: isCountable ? bytes(files.pythonBytes) : undefined,
    requires: headers.get("requires-dist") ?? [],
    modules: files?.modules ?? [],
    tags,
  };
}

/** Some tools leave the sizes out. */
async function sizesOf(site: string, paths: readonly string[]): Promise<number> {
  const found = await atMost(filesAtOnce, paths, (it) =>
    stat(join(site, it)).then(
      (one) => (one.isFile() ? one.size : 0),
      () => 0,
    ),
  );
  return found.reduce((sum, it) => sum + it, 0);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > largestFile ? undefined : await regularText(path);
  } catch {
    return undefined;
  }
}
