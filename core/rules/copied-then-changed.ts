import { sizeBeneath } from "../dockerfile/beneath.ts";
import { chainBefore } from "../dockerfile/chain.ts";
import { type CopiedPart, copiedPart } from "../dockerfile/copied.ts";
import {
  addCopyFlag,
  insertBefore,
  removeCommand,
  removeCommands,
  removeInstruction,
  removeWords,
} from "../dockerfile/edits.ts";
import type { Command, CopyInstruction, Facts, RunInstruction, Word } from "../dockerfile/facts.ts";
import { isWithin, withoutSlash } from "../dockerfile/paths.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { isNumericOwner, mayMakeAccount, onlyMakesAccounts } from "../dockerfile/users.ts";
import { commandMayWrite, mayWrite } from "../dockerfile/writes.ts";
import { measuredLayer } from "../link/measurements.ts";
import { type Size, unknownSize } from "../size/size.ts";
import { storedAgain } from "../size/stored-again.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import { lineBreakOf } from "../text/lines.ts";
import type { PathWord } from "../tools/effect.ts";
import type { Touch } from "../tools/file-effects.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const copiedThenChanged = defineRule({
  id: "copied-then-changed",
  on: "dockerfile",
  peers: ["tally prefer-copy-chmod"],
  summary: "A RUN changes mode or owner of copied files, and its layer stores them a second time.",
  docs: `
A layer stores whole files. \`chown\` and \`chmod\` in a \`RUN\` of their own store every file that they touch again,
contents and all. \`COPY --chown\` and \`COPY --chmod\` give owner and mode to the first copy.

The classic image store keeps a file again even when nothing about it changes (\`chmod -R a+rX\` on readable files);
the containerd store drops files that are equal in size, mode, owner and time. Such a saving is shown as a range
until an image is analyzed.

Several commands of one \`RUN\` that touch the same copies are one finding: their layer stores each file once.

Priced are the copied files. Where another instruction writes there too (\`npm ci\`, \`pip install --target\`, \`cp\`), the
layer stores at least that much; after a command that Plimsoll does not know the size is unknown.

## Reported
\`\`\`dockerfile
FROM debian:12
COPY app /app
RUN chown -R 1000:1000 /app
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY run.sh /usr/local/bin/run.sh
RUN chmod +x /usr/local/bin/run.sh
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
COPY --chown=1000:1000 app /app
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN curl -fsSLo /usr/local/bin/tool https://example.org/tool && chmod +x /usr/local/bin/tool
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY app /app
RUN mkdir /data && chown 1000:1000 /data /app
\`\`\`
`,
  exampleContext: { "app/main": 3_000_000, "app/lib/one": 1_000_000, "run.sh": 900 },
  *check(facts, world) {
    for (const group of groupsOf(facts, world)) yield findingOf(facts, world, group);
  },
});

interface Site {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: Touch;
}

/** A copy whose files the command touches, and the word that names them. */
interface Touched {
  readonly copy: CopyInstruction;
  readonly path: PathWord;
  readonly part: CopiedPart;
}

/** A command, and all the copies that it touches. */
interface TouchedSite extends Site {
  readonly touched: readonly Touched[];
}

/** Commands of one RUN that touch the same copies; the first in source order. */
type Group = readonly [TouchedSite, ...TouchedSite[]];

function groupsOf(facts: Facts, world: World): readonly Group[] {
  const groups: [TouchedSite, ...TouchedSite[]][] = [];
  for (const site of shippedSites(facts, "touch")) {
    if (site.effect.changes === "times") continue;
    const touched = touchedBy(facts, world, site);
    if (touched.length === 0 || site.command.words.length === 0) continue;
    const copies = new Set(touched.map(({ copy }) => copy));
    const group = groups.find(
      ([first, ...others]) =>
        first.run === site.run &&
        [first, ...others].some((it) => it.touched.some(({ copy }) => copies.has(copy))),
    );
    if (group === undefined) groups.push([{ ...site, touched }]);
    else group.push({ ...site, touched });
  }
  return groups;
}

function findingOf(facts: Facts, world: World, group: Group): Finding {
  const main = group.find((it) => !isIdle(it)) ?? group[0];
  const paths = [...new Set(group.flatMap(({ touched }) => touched.map((it) => it.path.path)))];
  const copies = [...new Set(group.flatMap(({ touched }) => touched.map((it) => it.copy)))];
  const others = group.filter((it) => it !== main);
  return {
    at: programOf(main).at,
    what: `this stores what was copied to ${paths.length > 2 ? `${paths[0]} and ${paths.length - 1} other places` : paths.join(" and ")} a second time`,
    why: group.every(isIdle)
      ? "Nothing about files that are readable already changes, yet the layer stores them again, contents and all."
      : "A layer stores whole files: who only changes their mode or owner stores the contents again.",
    saving: sizeOf(facts, world, group, paths),
    related: [
      ...copies.map((it) => ({ at: it.keywordAt, message: "Copied here" })),
      ...others.map((it) => ({ at: programOf(it).at, message: "This changes them too, in the same layer" })),
    ],
    get fixes() {
      return group.length === 1 ? fixesOf(facts, main, copies) : jointFixes(facts, group);
    },
  };
}

function programOf({ command, effect }: Site): Word {
  const [program] = command.words;
  if (program === undefined) throw new Error(`a ${effect.kind} without a program`);
  return program;
}

function touchedBy(facts: Facts, { context }: World, { run, effect }: Site): readonly Touched[] {
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
function isIdle({ effect, touched }: TouchedSite): boolean {
  const { value, changes } = effect;
  if (value === undefined) return false;
  if (changes === "mode")
    return value.split(",").every((it) => /^(?:[ugoa]*\+[rX]+|u\+[rwX]+|(?:g|o|go|og)-w)$/.test(it));
  const given = (name: string) => touched.map(({ copy }) => copy.flags.find((it) => it.name === name)?.value);
  if (given("chown").every((it) => it === value)) return true;
  return /^(?:root|0)(?::(?:root|0)?)?$/.test(value) && given("chown").every((it) => it === undefined);
}

function sizeOf(facts: Facts, world: World, group: Group, paths: readonly string[]): Size {
  const [{ run }] = group;
  const isAlone = run.commands.every(
    (it) =>
      group.some(({ command }) => command === it) ||
      it.effects?.every(({ kind }) => kind === "nothing") === true,
  );
  const layer = isAlone ? measuredLayer(facts, world, run) : undefined;
  if (layer !== undefined) return layer;
  const full = sizeBeneath(paths, chainBefore(facts, run), world.context, group[0]);
  if (group.every(isIdle)) return storedAgain(full);
  return full ?? unknownSize("analyze the built image to measure it");
}

function fixesOf(facts: Facts, site: TouchedSite, copies: readonly CopyInstruction[]): readonly Fix[] {
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
function jointFixes(facts: Facts, group: Group): readonly Fix[] {
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
  group: readonly Site[],
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

function isOwnerKnown({ run, effect }: Site, facts: Facts, copies: readonly CopyInstruction[]): boolean {
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

const touchedWords = ({ touched }: TouchedSite): readonly Word[] => [
  ...new Set(touched.map((it) => it.path.word)),
];
