/** Which copied files a command touches that changes mode or owner, and whether anything about them changes. */
import type { BuildContext } from "../context/build-context.ts";
import type { PathWord } from "../tools/effect.ts";
import type { Touch } from "../tools/file-effects.ts";
import { chainBefore } from "./chain.ts";
import { type CopiedPart, copiedPart } from "./copied.ts";
import type { Command, CopyInstruction, Facts, RunInstruction, Word } from "./facts.ts";
import { withoutSlash } from "./paths.ts";

/** A command that changes mode or owner. */
interface TouchSite {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: Touch;
}

/** A copy whose files the command touches, and the word that names them. */
export interface Touched {
  readonly copy: CopyInstruction;
  readonly path: PathWord;
  readonly part: CopiedPart;
}

/** A command, and all the copies that it touches. */
export interface TouchedSite extends TouchSite {
  readonly touched: readonly Touched[];
}

/** Commands of one RUN that touch the same copies; the first in source order. */
export type TouchedGroup = readonly [TouchedSite, ...TouchedSite[]];

export function touchedBy(
  facts: Facts,
  context: BuildContext | undefined,
  { run, effect }: TouchSite,
): readonly Touched[] {
  const copies = chainBefore(facts, run).filter((it): it is CopyInstruction => it.kind === "copy");
  return effect.paths.flatMap((path) =>
    copies.flatMap((copy) => {
      const part = copiedPart(copy, path.path, context);
      // Without -R a directory alone is touched, and it holds no bytes.
      if (part === undefined || part.bytes === 0 || !isOwnedAs(copy, effect.from)) return [];
      if (!effect.recursive && !(part.file && part.pieces.every(({ place }) => isNamedBy(place, path.path))))
        return [];
      return [{ copy, path, part }];
    }),
  );
}

/** The path means the file itself, not a directory that holds it. */
const isNamedBy = (place: string, path: string): boolean => depthOf(place) === depthOf(path);

const depthOf = (path: string): number => withoutSlash(path).split("/").length;

/** `chown --from` changes only what that user has. */
function isOwnedAs(copy: CopyInstruction, from: string | undefined): boolean {
  if (from === undefined) return true;
  const given = copy.flags.find(({ name }) => name === "chown")?.value;
  return userOf(given ?? "root") === userOf(from);
}

const userOf = (owner: string): string => owner.replace(/:.*$/s, "").replace(/^0$/, "root");

/** Bits that files of a build context have as a rule, or the owner that a plain COPY gives. */
export function isIdle({ effect, touched }: TouchedSite): boolean {
  const { value, changes } = effect;
  if (value === undefined) return false;
  if (changes === "mode")
    return value.split(",").every((it) => /^(?:[ugoa]*\+[rX]+|u\+[rwX]+|(?:g|o|go|og)-w)$/.test(it));
  const given = (name: string) => touched.map(({ copy }) => copy.flags.find((it) => it.name === name)?.value);
  if (given("chown").every((it) => it === value)) return true;
  return /^(?:root|0)(?::(?:root|0)?)?$/.test(value) && given("chown").every((it) => it === undefined);
}

export const touchedWords = ({ touched }: TouchedSite): readonly Word[] => [
  ...new Set(touched.map((it) => it.path.word)),
];
