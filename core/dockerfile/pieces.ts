/** Pieces: entries of the build context where a COPY puts them, and what a later piece replaces of an earlier one. */
import type { BuildContext, ContextEntry } from "../context/build-context.ts";
import { baseName, deletes, isWithin, plainPart } from "./paths.ts";

export interface Piece {
  readonly entry: ContextEntry;
  /** Absolute path in the image; what a directory holds lies directly below it. */
  readonly place: string;
}

/** A range of bytes. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const none: Range = { low: 0, high: 0 };
const all = (count: number): Range => ({ low: count, high: count });

/** Bytes of the earlier piece that the later one stores anew at the same places. */
export function replacedBytes(earlier: Piece, later: Piece, context: BuildContext): Range {
  if (isWithin(earlier.place, later.place)) {
    const path = contextPath(later, earlier.place);
    if (path === earlier.entry.path) return all(earlier.entry.taken.bytes);
    return overlap(earlier.entry, context.matches(path)[0], context);
  }
  if (!isWithin(later.place, earlier.place)) return none;
  const [inside] = context.matches(contextPath(earlier, later.place));
  if (inside === undefined) return none;
  return inside.path === later.entry.path ? all(inside.taken.bytes) : overlap(inside, later.entry, context);
}

/** Of two entries that are put at one place. */
function overlap(earlier: ContextEntry, later: ContextEntry | undefined, context: BuildContext): Range {
  if (later === undefined) return none;
  if (earlier.kind === "file" || later.kind === "file") return all(earlier.taken.bytes);
  const names = new Set(context.children(earlier.path).map(({ path }) => baseName(path)));
  const isShared = context.children(later.path).some(({ path }) => names.has(baseName(path)));
  return isShared ? { low: 0, high: earlier.taken.bytes } : none;
}

/** Bytes of a piece at the places that a path or pattern names, and below them. */
export function bytesAt(piece: Piece, path: string, context: BuildContext): number {
  if (deletes(path, piece.place)) return piece.entry.taken.bytes;
  if (!isWithin(plainPart(path), piece.place)) return 0;
  return context.matches(contextPath(piece, path)).reduce((sum, { taken }) => sum + taken.bytes, 0);
}

/** The path of the build context that a directory of it puts at a place. */
function contextPath({ entry, place }: Piece, at: string): string {
  const inside = at.slice(place.length).replace(/^\/|\/$/g, "");
  return [entry.path, inside].filter((it) => it !== "").join("/");
}
