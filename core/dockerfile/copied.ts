/** What a COPY or ADD of the build context brings, as entries of that context and as places in the image. */
import type { BuildContext, ContextEntry } from "../context/build-context.ts";
import { type Bytes, sumOf } from "../size/bytes.ts";
import { measured, type Size } from "../size/size.ts";
import type { World } from "../world.ts";
import type { CopyInstruction } from "./facts.ts";
import { contextOf } from "./named-contexts.ts";
import { baseName, deletes, isWithin, withoutSlash } from "./paths.ts";
import type { Piece } from "./pieces.ts";

export const isAddress = (source: string): boolean => /^(?:https?|ftp|git|ssh):|^git@/.test(source);

/** From the build context alone: not from a stage, an address or the Dockerfile itself. */
export const isFromContext = (copy: CopyInstruction): boolean => copy.from === undefined && namesFiles(copy);

const namesFiles = (copy: CopyInstruction): boolean =>
  !copy.heredoc &&
  copy.sources.length > 0 &&
  copy.sources.every(({ text }) => text !== undefined && !isAddress(text)) &&
  // Their effect on what is taken is not modelled.
  !copy.flags.some(({ name }) => name === "exclude" || name === "parents");

/** What ADD recognises by its content; the names that people give it. */
export const unpackedByAdd = /\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|tbz2?|txz)$/;

/** ADD stores what is in a local archive, not the archive. */
export const isUnpacked = (copy: CopyInstruction): boolean =>
  copy.keyword === "ADD" && copy.sources.some(({ text }) => unpackedByAdd.test(text ?? ""));

/** All bytes that it stores; undefined where they are not the context's, or the context is not known. */
export function copiedSize(world: World, copy: CopyInstruction): Size | undefined {
  const context = folderOf(world, copy);
  if (context === undefined || !context.complete || isUnpacked(copy)) return undefined;
  const entries = copy.sources.flatMap(({ text }) => context.matches(text ?? ""));
  return entries.length === 0 ? undefined : fromContext(context, entries);
}

/** What it takes from, where that is a folder on this disk: the build context, or one that has a name. */
export function folderOf({ context, namedFolders }: World, copy: CopyInstruction): BuildContext | undefined {
  if (!namesFiles(copy)) return undefined;
  if (copy.from === undefined) return context;
  return namedFolders === undefined ? undefined : contextOf(namedFolders, copy.from.text)?.context;
}

export const fromContext = (context: BuildContext, entries: readonly ContextEntry[]): Size =>
  measured(sumOf(entries.map(({ taken }) => taken.bytes)), `files of the build context (${context.foundBy})`);

/** The part of a COPY that lies at or below a path of the image, which may hold the shell's wildcards. */
export interface CopiedPart {
  /** Undefined where it is not known. */
  readonly bytes: Bytes | undefined;
  /** Files alone for certain, no directory. */
  readonly file: boolean;
  /** All that the COPY brings. */
  readonly whole: boolean;
  /** Empty where they are not known. */
  readonly pieces: readonly Piece[];
}

export function copiedPart(
  copy: CopyInstruction,
  path: string,
  context: BuildContext | undefined,
): CopiedPart | undefined {
  const { destinationPath } = copy;
  if (destinationPath === undefined) return undefined;
  const top = withoutSlash(destinationPath);
  if (context === undefined || !isFromContext(copy)) {
    const [only] = copy.sources;
    const name = copy.sources.length === 1 && only?.text !== undefined ? baseName(only.text) : undefined;
    const place = destinationPath.endsWith("/") && name !== undefined ? below(top, name) : top;
    if (withoutSlash(path) === place && (destinationPath.endsWith("/") || /\.\w+$/.test(place)))
      return { bytes: undefined, file: true, whole: true, pieces: [] };
    return isWithin(top, path) || (place !== top && isWithin(place, path))
      ? { bytes: undefined, file: false, whole: true, pieces: [] }
      : undefined;
  }
  const entries = copy.sources.flatMap(({ text }) => context.matches(text ?? ""));
  const pieces = entries.flatMap((entry) => piecesOf(entry, destinationPath, path, context));
  if (pieces.length === 0) return undefined;
  const isKnown = context.complete && !isUnpacked(copy);
  return {
    bytes: isKnown ? sumOf(pieces.map(({ entry }) => entry.taken.bytes)) : undefined,
    file: pieces.every(({ entry }) => entry.kind === "file") && !isUnpacked(copy),
    whole: entries.every((it) => pieces.some(({ entry }) => entry === it)),
    pieces,
  };
}

function piecesOf(
  entry: ContextEntry,
  destination: string,
  path: string,
  context: BuildContext,
): readonly Piece[] {
  const top = withoutSlash(destination);
  const place = entry.kind === "file" && destination.endsWith("/") ? below(top, baseName(entry.path)) : top;
  if (deletes(path, place)) return [{ entry, place }];
  if (entry.kind !== "directory") return [];
  const literal = path.search(/[*?[]/);
  const start = literal === -1 ? path : path.slice(0, path.lastIndexOf("/", literal)) || "/";
  if (!isWithin(start, top)) return [];
  const inside = withoutSlash(path).slice(top === "/" ? 1 : top.length + 1);
  return context
    .matches(entry.path === "" ? inside : `${entry.path}/${inside}`)
    .filter(({ taken }) => taken.files > 0)
    .map((it) => ({
      entry: it,
      place: below(top, entry.path === "" ? it.path : it.path.slice(entry.path.length + 1)),
    }));
}

const below = (folder: string, name: string): string => `${folder === "/" ? "" : folder}/${name}`;
