/** What one COPY source takes though no image needs it, and nothing in the Dockerfile asks for. */
import type { BuildContext, ContextEntry } from "../context/build-context.ts";
import { type WasteEntry, wasteBelow, wasteKind } from "../context/context-waste.ts";
import { developmentEntriesBelow, developmentKind } from "../context/development-files.ts";
import { keptOutInVain } from "../context/ineffective.ts";
import { type Bytes, bytes, bytesLabel, sumOf } from "../size/bytes.ts";
import { estimated, measured, type Size } from "../size/size.ts";
import { isFromContext } from "./copied.ts";
import type { CopyInstruction, Facts, Instruction, Word } from "./facts.ts";
import { mentions, usersOf } from "./mentions.ts";
import { isWorkbench } from "./purpose.ts";

export interface CopiedWaste {
  readonly source: Word;
  /** The source is such a directory itself; else it only holds some. */
  readonly whole: boolean;
  /** The source is the build context itself. */
  readonly root: boolean;
  /** Largest first. */
  readonly entries: readonly WasteEntry[];
  readonly size: Size;
}

export function copiedWaste(
  facts: Facts,
  context: BuildContext,
  copy: CopyInstruction,
  source: Word,
): CopiedWaste | undefined {
  if (!isFromContext(copy) || source.text === undefined) return undefined;
  const matches = context.matches(source.text);
  const named = matches.map((entry) => ({ entry, kind: wasteKind(context, entry) }));
  const whole = named.length > 0 && named.every(({ kind }) => kind !== undefined);
  const users = [copy, ...usersOf(facts, copy)];
  const entries = named
    .flatMap(({ entry, kind }) => {
      if (kind !== undefined) return [{ kind, entry }];
      return entry.kind === "directory" ? wasteBelow(context, entry.path) : [];
    })
    // A folder that a source names is wanted, whatever it is called, unless nothing can want it.
    .filter((it) => !whole || isNeverWanted(it))
    .filter((it) => !isUsed(it, users.slice(whole ? 1 : 0), facts))
    .filter(({ entry }) => ownBytes(context, entry) > 0 && !keptOutInVain(context).has(entry.path))
    .sort((a, b) => b.entry.taken.bytes - a.entry.taken.bytes);
  if (entries.length === 0) return undefined;
  const sum = sumOf(entries.map(({ entry }) => ownBytes(context, entry)));
  return {
    source,
    whole,
    root: matches.some(({ path }) => path === ""),
    entries,
    size: context.complete
      ? measured(sum, `files of the build context (${context.foundBy})`)
      : estimated(bytes(0), sum, `the part of the build context that was read, ${bytesLabel(sum)}`),
  };
}

/** The largest, each with its bytes. */
export function wasteList({ entries }: CopiedWaste): string {
  const shown = entries.slice(0, 4).map(({ entry }) => `${entry.path} (${bytesLabel(entry.taken.bytes)})`);
  const more = entries.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

const isNeverWanted = ({ kind }: WasteEntry): boolean =>
  kind === "version control" ||
  kind === "virtual environment" ||
  kind === "caches" ||
  kind === "editor settings";

const gitTools =
  /\bgit\b|setuptools[-_]scm|hatch-vcs|versioningit|describe|goreleaser|\bgo (?:build|install)\b|\bmake\b/;
const nodeInstall = /\b(?:npm (?:ci|i|install)|yarn(?: install)?|pnpm (?:i|install)|bun install)\b/;

function isUsed({ kind, entry }: WasteEntry, users: readonly Instruction[], facts: Facts): boolean {
  // Who starts Jupyter opens them, or who works in a container that starts nothing of its own.
  if (kind === "notebooks" && (isForNotebooks(facts) || isWorkbench(facts))) return true;
  if (kind === "version control") return users.some((it) => gitTools.test(it.source));
  // What the developer installed is what ships, unless the image installs its own.
  if (kind === "installed packages") return !facts.instructions.some((it) => nodeInstall.test(it.source));
  return users.some(
    (it) =>
      mentions(it, `/${entry.path}`) ||
      (kind === "documentation" && /\b(?:mkdocs|sphinx|docs)\b/.test(it.source)),
  );
}

const notebookServer = /\b(?:jupyter\w*|jovyan|notebooks?|nbconvert|papermill|voila|colab)\b/i;

/** The base image, or an instruction other than a COPY, has to do with notebooks. */
const isForNotebooks = (facts: Facts): boolean =>
  facts.stages.some((it) => it.shipped && notebookServer.test(it.baseImage ?? "")) ||
  facts.shipped.some((it) =>
    it.kind === "copy"
      ? it.destinationPath?.startsWith("/home/jovyan") === true
      : it.kind === "run" && notebookServer.test(it.source),
  );

/** Tests in it are the finding of tests-copied. */
function ownBytes(context: BuildContext, entry: ContextEntry): Bytes {
  const tests =
    developmentKind(context, entry) === undefined ? developmentEntriesBelow(context, entry.path) : [];
  return bytes(Math.max(0, entry.taken.bytes - sumOf(tests.map((it) => it.entry.taken.bytes))));
}
