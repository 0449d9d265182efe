/**
 * How many bytes lie at a path and below it, as far as copies of the build context and the tool models say.
 *
 * Invariant: "measured" only where nothing but those copies can have written there. What else writes there makes it
 * a lower bound, and what no model knows makes it unknown.
 */
import type { BuildContext } from "../context/build-context.ts";
import { type Bytes, bytes } from "../size/bytes.ts";
import { atLeast, estimated, measured, type Size, unknownSize } from "../size/size.ts";
import { type CopiedPart, copiedPart } from "./copied.ts";
import type { Command, CopyInstruction, Instruction, RunInstruction } from "./facts.ts";
import { mentions } from "./mentions.ts";
import { deletes, isWithin, plainPart } from "./paths.ts";
import { bytesAt, type Piece, replacedBytes } from "./pieces.ts";
import { type Change, changeBy, changesBy, mayWrite } from "./writes.ts";

/** A command that finds the bytes there, in a RUN whose other commands may take some of them away. */
export interface Finder {
  readonly run: RunInstruction;
  readonly command: Command;
}

/** `before`: what lies below in the image, lowest first. Undefined: no copy brings anything there. */
export function sizeBeneath(
  paths: readonly string[],
  before: readonly Instruction[],
  context: BuildContext | undefined,
  finder?: Finder,
): Size | undefined {
  const tops = paths.filter(
    (it, index) => !paths.some((other, at) => isWithin(it, other) && (at < index || !isWithin(other, it))),
  );
  const tallies = tops.flatMap((it) => tallyOf(it, before, context, finder) ?? []);
  if (tallies.length === 0) return undefined;
  const unread = tallies.find((it) => it.unread !== undefined)?.unread;
  if (unread !== undefined) return unknownSize(`${unread}; analyse the built image to measure it`);
  if (context === undefined || tallies.every((it) => it.pieces.length === 0))
    return unknownSize("analyze the built image to measure it");
  const sum = (of: (it: Tally) => number): Bytes => bytes(tallies.reduce((all, it) => all + of(it), 0));
  const [low, high] = [sum((it) => Math.max(0, it.low)), sum((it) => it.high)];
  const from = `files of the build context (${context.foundBy})`;
  const more = new Set(tallies.flatMap((it) => [...it.more]));
  if (more.size > 0) return atLeast(low, `${from}; ${[...more].join(", ")} more there`);
  if (low === high) return measured(low, from);
  return estimated(low, high, `${from}, some of which may be replaced or deleted before`);
}

/** Who else, besides one copy, brings bytes to a path, in words; undefined: nobody does. */
export function othersBeneath(
  path: string,
  before: readonly Instruction[],
  copy: CopyInstruction,
): string | undefined {
  const folder = plainPart(path);
  if (isFilledByBases(folder)) return baseBrings;
  const other = before.find(
    (it) =>
      it !== copy &&
      (it.index > copy.index || isRead(it) || mentions(it, folder)) &&
      mayWrite(it, folder) &&
      (it.kind !== "run" || it.opaque !== undefined || changesBy(it, folder).some(({ adds }) => adds)),
  );
  return other && `${other.kind === "run" ? programsOf(other, folder) : other.keyword} brings`;
}

/** What one path holds. */
interface Tally {
  readonly pieces: (Piece & { readonly replaced: string[] })[];
  low: number;
  high: number;
  /** Who brings more, in words. */
  readonly more: Set<string>;
  /** What may have changed anything. */
  unread: string | undefined;
}

const baseBrings = "the base image may have";

function tallyOf(
  path: string,
  before: readonly Instruction[],
  context: BuildContext | undefined,
  finder: Finder | undefined,
): Tally | undefined {
  const copies = before.filter((it): it is CopyInstruction => it.kind === "copy");
  const parts = new Map(copies.map((it) => [it, copiedPart(it, path, context)]));
  const brings = [...parts].filter(([, part]) => part !== undefined && part.bytes !== 0);
  const first = brings[0]?.[0];
  if (first === undefined) return undefined;
  const tally: Tally = { pieces: [], low: 0, high: 0, more: new Set(), unread: undefined };
  const isFile = brings.every(([, part]) => part?.file === true) && !/[*?[]/.test(path);
  if (!isFile && isFilledByBases(plainPart(path))) tally.more.add(baseBrings);
  for (const it of before) {
    const part = it.kind === "copy" ? parts.get(it) : undefined;
    if (part !== undefined) addPart(tally, part, context);
    // The copy of a file replaces whatever was there.
    else if (it.index < first.index && (isFile || (!isRead(it) && !mentions(it, plainPart(path))))) continue;
    else if (it.kind !== "run") {
      if (!isFile && it.kind === "copy" && it.destinationPath === undefined)
        tally.more.add("a COPY may bring");
      if (it.kind === "other" && it.opaque !== undefined) tally.unread = "an instruction could not be read";
    } else if (mayWrite(it, plainPart(path))) addRun(tally, it, path, isFile, context);
  }
  if (finder === undefined) return tally;
  // What the RUN itself writes is in its layer anyway.
  for (const it of finder.run.commands) {
    if (it !== finder.command) takeBy(tally, changeBy(finder.run, it, plainPart(path)), path, context);
  }
  return tally;
}

/** All that it does is known: nothing of it is opaque. */
const isRead = (it: Instruction): boolean =>
  it.kind === "copy" ||
  (it.opaque === undefined &&
    (it.kind === "other" ||
      it.commands.every(({ effects, runs }) => effects !== undefined || runs === "never")));

function addPart(tally: Tally, part: CopiedPart, context: BuildContext | undefined): void {
  if (part.bytes === undefined || context === undefined) {
    tally.more.add("a copy of unknown size brings");
    return;
  }
  for (const piece of part.pieces) {
    for (const earlier of tally.pieces) {
      // What is replaced already is not replaced again.
      if (earlier.replaced.some((it) => isWithin(piece.place, it))) continue;
      const { low, high } = replacedBytes(earlier, piece, context);
      tally.low -= high;
      tally.high -= low;
      if (high > 0) earlier.replaced.push(piece.place);
    }
    tally.pieces.push({ ...piece, replaced: [] });
    tally.low += piece.entry.taken.bytes;
    tally.high += piece.entry.taken.bytes;
  }
}

function addRun(
  tally: Tally,
  run: RunInstruction,
  path: string,
  isFile: boolean,
  context: BuildContext | undefined,
): void {
  if (run.opaque !== undefined) {
    tally.unread = "what a RUN does there is not known";
    return;
  }
  for (const change of changesBy(run, plainPart(path))) {
    if (change.unread) tally.unread = `what ${change.program} does there is not known`;
    if (change.adds && (!isFile || change.takes === "any" || change.takes.some((it) => deletes(it, path))))
      tally.more.add(`${change.program} brings`);
    takeBy(tally, change, path, context);
  }
}

function takeBy(
  tally: Tally,
  change: Change | undefined,
  path: string,
  context: BuildContext | undefined,
): void {
  if (change === undefined) return;
  if (change.takes === "any" || change.takes.some((it) => deletes(it, path))) tally.low = 0;
  else if (context !== undefined) {
    for (const taken of change.takes)
      for (const piece of tally.pieces) tally.low -= bytesAt(piece, taken, context);
  }
}

const programsOf = (run: RunInstruction, path: string): string =>
  changesBy(run, path).find(({ adds }) => adds)?.program ?? "a RUN";

/**
 * Folders that hold files in every common base image. A folder of one's own below /usr/src, /opt, /srv, /var/www or
 * /home is empty there.
 */
const isFilledByBases = (path: string): boolean =>
  /^\/(?:(?:usr|usr\/local|usr\/src|var|home|opt|root)?$|(?:etc|bin|sbin|boot|dev|lib|lib64|run)(?:\/|$)|usr\/(?:local\/)?(?:bin|sbin|lib|lib64|libexec|include|share|etc)(?:\/|$)|var\/(?:lib|log|cache|spool)(?:\/|$))/.test(
    path,
  );
