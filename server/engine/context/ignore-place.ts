import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { IgnorePlace, IgnoringBuild } from "../../../core/context/ignore-facts.ts";
import { ListedContext } from "../../../core/context/listed-context.ts";
import type { Facts } from "../../../core/dockerfile/facts.ts";
import { LineIndex } from "../../../core/text/line-index.ts";
import { findDocuments } from "../find-documents.ts";
import { regularText } from "../regular-file.ts";
import { type FoundWorld, guessedContext } from "./find-world.ts";
import { walk } from "./walk.ts";

/** Folders that are searched for Dockerfiles, and Dockerfiles that are asked. */
const mostFolders = 500;
const mostDockerfiles = 50;
const ending = ".dockerignore";

interface Options {
  /** The workspace folder. */
  readonly folder: string;
  /** A Dockerfile with what is known around it. */
  readonly dockerfileAt: (
    path: string,
  ) => Promise<{ readonly facts: Facts; readonly found: FoundWorld | undefined } | undefined>;
  /** The text as it is in the editor; undefined: what is on the disk. */
  readonly text?: string;
  readonly signal?: AbortSignal;
}

/**
 * What is known around an ignore file: `<Dockerfile>.dockerignore` belongs to the Dockerfile beside it, `.dockerignore` to
 * its folder as a build context.
 */
export async function ignorePlaceOf(
  path: string,
  { folder, dockerfileAt, text, signal }: Options,
): Promise<IgnorePlace> {
  const own = dirname(path);
  const name = basename(path).slice(0, -ending.length);
  const candidates = name === "" ? await dockerfilesBelow(own, signal) : [join(own, name)];
  const builds: IgnoringBuild[] = [];
  let found: FoundWorld | undefined;
  let elsewhere: IgnorePlace["unread"];
  for (const candidate of candidates) {
    if (signal?.aborted === true) break;
    const it = await dockerfileAt(candidate);
    const contextPath = it?.found?.contextPath;
    const ignoreFile = it?.found?.context?.ignoreFile;
    if (it === undefined || contextPath === undefined) continue;
    if (ignoreFile !== undefined && resolve(contextPath, ignoreFile.path) === path) {
      builds.push({ file: { path: candidate, lines: new LineIndex(it.facts.text) }, facts: it.facts });
      found ??= it.found;
    } else if (
      dirname(candidate) === own &&
      contextPath !== own &&
      it.found?.context?.foundBy !== guessedContext
    ) {
      elsewhere ??= { dockerfile: basename(candidate), context: shown(folder, contextPath) };
    }
  }
  const known = found?.context;
  if (known !== undefined && found?.contextPath !== undefined) {
    return { path: shown(found.contextPath, path), context: known, builds, unread: undefined };
  }
  const ignoreText = text ?? (await regularText(path).catch(() => ""));
  const walked = await walk(own, ignoreText, signal);
  const shownPath = shown(own, path);
  const context = new ListedContext({
    ...walked,
    foundBy: "the folder of the ignore file",
    ignoreFile: { path: shownPath, text: ignoreText },
    newIgnorePath: shownPath,
  });
  return { path: shownPath, context, builds, unread: elsewhere };
}

async function dockerfilesBelow(folder: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const { documents } = await findDocuments(folder, { most: mostFolders, ...(signal && { signal }) });
  return documents
    .filter((it) => it.kind === "dockerfile")
    .slice(0, mostDockerfiles)
    .map((it) => it.path);
}

const shown = (from: string, path: string): string => (relative(from, path) || ".").split(sep).join("/");
