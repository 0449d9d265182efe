/** Edits that let COPY give mode and owner itself (`--chmod`, `--chown`), instead of the commands that change them later. */
import { chainBefore } from "../../dockerfile/chain.ts";
import {
  addCopyFlag,
  insertBefore,
  removeCommand,
  removeCommands,
  removeInstruction,
  removeWords,
} from "../../dockerfile/edits.ts";
import type { CopyInstruction, Facts } from "../../dockerfile/facts.ts";
import { isWithin, withoutSlash } from "../../dockerfile/paths.ts";
import {
  isIdle,
  type Touched,
  type TouchedGroup,
  type TouchedSite,
  touchedWords,
} from "../../dockerfile/touched-copies.ts";
import { isNumericOwner, mayMakeAccount, onlyMakesAccounts } from "../../dockerfile/users.ts";
import { commandMayWrite, mayWrite } from "../../dockerfile/writes.ts";
import { applyEdits, type Edit } from "../../text/edit.ts";
import { lineBreakOf } from "../../text/lines.ts";
import type { Fix } from "../finding.ts";

export function copyFlagFixes(
  facts: Facts,
  site: TouchedSite,
  copies: readonly CopyInstruction[],
): readonly Fix[] {
  const removed = withoutTouched(facts, site);
  if (removed === undefined) return [];
  if (isIdle(site)) {
    return [{ title: "Leave the files as they were copied", safety: "review", edits: removed }];
  }
  const flag = flagFor(facts, site, copies);
  if (flag === undefined || !isAllCopied(facts, site, copies, [site])) return [];
  const isMode = flag.startsWith("--chmod=");
  const title = `Copy with ${flag} instead`;
  const flags = copies.map((it) => addCopyFlag(it, flag));
  if (isMode || isOwnerKnown(site, facts, copies)) {
    return [
      { title: `${title}${isMode ? " (BuildKit)" : ""}`, safety: "review", edits: [...removed, ...flags] },
    ];
  }
  const moved = accountFirst(facts, site, copies);
  return moved === undefined
    ? []
    : [
        {
          title: `Make the account first, and copy with ${flag}`,
          safety: "review",
          edits: [...moved, ...flags],
        },
      ];
}

/** Owner and mode of the same copies, given by two commands, as two flags. */
export function jointCopyFlagFixes(facts: Facts, group: TouchedGroup): readonly Fix[] {
  const [{ run, touched }] = group;
  const copies = [...new Set(touched.map(({ copy }) => copy))];
  const telling = group.filter((it) => !isIdle(it));
  const flags: string[] = [];
  for (const site of telling) {
    const own = new Set(site.touched.map(({ copy }) => copy));
    const flag =
      own.size === copies.length && copies.every((it) => own.has(it))
        ? flagFor(facts, site, copies)
        : undefined;
    if (flag === undefined || !isAllCopied(facts, site, copies, group)) return [];
    if (flag.startsWith("--chown=") && !isOwnerKnown(site, facts, copies)) return [];
    flags.push(flag);
  }
  // Two owners, or two modes: the last one counts, for the files that it names.
  if (new Set(flags.map((it) => it.slice(0, it.indexOf("=")))).size < flags.length) return [];
  if (group.some((it) => touchedWords(it).length < it.effect.paths.length)) return [];
  const removed = removeCommands(
    facts,
    run,
    group.map(({ command }) => command),
  );
  if (removed === undefined || flags.length === 0) return [];
  const said = flags.join(" ");
  return [
    {
      title: `Copy with ${said} instead (BuildKit)`,
      safety: "review",
      edits: [...removed, ...copies.map((it) => addCopyFlag(it, said))],
    },
  ];
}

/** What the command changes is what was copied, and nothing that came between. */
function isAllCopied(
  facts: Facts,
  { run, command, touched }: TouchedSite,
  copies: readonly CopyInstruction[],
  group: readonly TouchedSite[],
): boolean {
  const first = copies[0];
  if (first === undefined || touched.some(({ part }) => !part.whole)) return false;
  const paths = touched.map((it) => it.path.path);
  const earlier = run.commands.slice(0, run.commands.indexOf(command));
  const between = chainBefore(facts, run).filter(
    (it) => it.index > first.index && !copies.some((copy) => copy === it),
  );
  return paths.every(
    (path) =>
      !between.some((it) => mayWrite(it, path)) &&
      !earlier.some((it) => !group.some((one) => one.command === it) && commandMayWrite(run, it, path)),
  );
}

/** Variables in it stay variables: COPY expands them too. Undefined where no flag says the same. */
function flagFor(
  facts: Facts,
  { run, command, effect, touched }: TouchedSite,
  copies: readonly CopyInstruction[],
): string | undefined {
  const word = command.words.find(({ text }) => text !== undefined && text === effect.value);
  const raw = word && facts.text.slice(word.at.start, word.at.end).replace(/^"(.*)"$/, "$1");
  if (raw === undefined || effect.value === undefined || !/^[\w:${}.+-]+$/.test(raw)) return undefined;
  // One that has an owner or mode of its own was meant to.
  const isFree = (name: string): boolean =>
    copies.every((it) => it.stage === run.stage && it.flags.every((one) => one.name !== name));
  switch (effect.changes) {
    case "owner":
      return /^[^:]+(?::[^:]+)?$/.test(raw) && isFree("chown") ? `--chown=${raw}` : undefined;
    case "mode": {
      if (!isFree("chmod") || touched.some(makesFolders)) return undefined;
      if (/^0?[0-7]{3}$/.test(raw)) return `--chmod=${raw}`;
      const isExecutable = /^(?:a|ugo|u)?\+(?:x|rx)$/.test(raw) && touched.every(({ part }) => part.file);
      return isExecutable ? "--chmod=755" : undefined;
    }
    default:
      return undefined;
  }
}

/** Folders below the path that the copy makes on its way have modes that --chmod does not change. */
const makesFolders = ({ copy, path }: Touched): boolean =>
  copy.destinationPath !== undefined &&
  withoutSlash(copy.destinationPath) !== withoutSlash(path.path) &&
  isWithin(copy.destinationPath, path.path) &&
  isWithin(folderOf(copy.destinationPath), path.path);

const folderOf = (destination: string): string =>
  destination.endsWith("/") ? destination : destination.slice(0, destination.lastIndexOf("/")) || "/";

function isOwnerKnown(
  { run, effect }: TouchedSite,
  facts: Facts,
  copies: readonly CopyInstruction[],
): boolean {
  if (isNumericOwner(effect.value ?? "")) return true;
  const first = copies[0]?.index ?? 0;
  const late = chainBefore(facts, run).filter((it) => it.index > first);
  return ![...late, run].some(mayMakeAccount);
}

/** The RUN that makes the account, without the command, in front of the first copy. */
function accountFirst(
  facts: Facts,
  site: TouchedSite,
  copies: readonly CopyInstruction[],
): readonly Edit[] | undefined {
  const { run, command } = site;
  const [first] = copies;
  const late = chainBefore(facts, run).filter((it) => it.index > (first?.index ?? 0));
  if (first === undefined || late.some(mayMakeAccount) || !onlyMakesAccounts(run, command)) return undefined;
  const removed = withoutTouched(facts, site);
  if (removed === undefined) return undefined;
  const shifted = removed.map((it) => ({
    ...it,
    at: { start: it.at.start - run.at.start, end: it.at.end - run.at.start },
  }));
  if (shifted.some(({ at }) => at.start < 0 || at.end > run.source.length)) return undefined;
  const rest = applyEdits(run.source, shifted);
  return [insertBefore(facts, first, `${rest}${lineBreakOf(facts.text)}`), removeInstruction(facts, run)];
}

/** The command without the words that name copied files; without the command when it changes nothing else. */
function withoutTouched(facts: Facts, site: TouchedSite): readonly Edit[] | undefined {
  const { run, command, effect } = site;
  const words = touchedWords(site);
  if (words.length < effect.paths.length) return removeWords(facts, command.words, words);
  const edit = removeCommand(facts, run, command);
  return edit === undefined ? undefined : [edit];
}
