/**
 * The one place that decides whether a fix may be offered (design.md, promise 5): it is applied in memory, and
 * what comes out is read and judged again.
 */
import type { BuildContext } from "../context/build-context.ts";
import type { DockerfileReader } from "../dockerfile/dockerfile-reader.ts";
import type { Facts, Instruction, Stage } from "../dockerfile/facts.ts";
import { finalStages, startsIn } from "../dockerfile/start.ts";
import { dockerfileSuppressions } from "../dockerfile/suppressions.ts";
import { applyEdits, collide, type Edit } from "../text/edit.ts";
import { EditMap } from "../text/edit-map.ts";
import type { World } from "../world.ts";
import { findingsOf, type RatedFinding, type Subject } from "./check.ts";
import type { FileEdits, Fix } from "./finding.ts";
import type { RuleChoices } from "./settings.ts";

/** A Dockerfile as it stands, with all that judging it needs. */
export interface Ground {
  readonly reader: DockerfileReader;
  readonly facts: Facts;
  readonly findings: readonly RatedFinding[];
  readonly world: World;
  readonly choices: RuleChoices;
}

/** What a text becomes. */
export interface Outcome {
  readonly fixes: readonly Fix[];
  readonly facts: Facts;
  readonly findings: readonly RatedFinding[];
  readonly world: World;
}

/** The outcome of applying a fix for its finding, or several together; undefined where that may not be offered. */
export function verified(
  ground: Ground,
  chosen: readonly { readonly finding: RatedFinding; readonly fix: Fix }[],
): Outcome | undefined {
  const first = tryOut(ground, chosen);
  if (first.ok || first.orphans.length === 0) return first.ok ? first.outcome : undefined;
  // Comments that served only what is now gone go with it.
  const [head, ...rest] = chosen;
  if (head === undefined) return undefined;
  const fix = { ...head.fix, edits: [...head.fix.edits, ...first.orphans] };
  const second = tryOut(ground, [{ finding: head.finding, fix }, ...rest]);
  return second.ok ? second.outcome : undefined;
}

type Trial =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly orphans: readonly Edit[] };

const refused: Trial = { ok: false, orphans: [] };

function tryOut(
  { reader, facts, findings, world, choices }: Ground,
  chosen: readonly { readonly finding: RatedFinding; readonly fix: Fix }[],
): Trial {
  const edits = chosen.flatMap(({ fix }) => fix.edits);
  if (edits.some((one, index) => edits.slice(index + 1).some((other) => collide([one], [other]))))
    return refused;
  const context = contextAfter(
    world.context,
    chosen.flatMap(({ fix }) => fix.otherFiles ?? []),
  );
  if (context === "refused") return refused;
  const worldAfter = { ...world, context };
  const factsAfter = reader.factsOf(applyEdits(facts.text, edits), world, facts);
  const map = new EditMap(edits);
  const splits = chosen.flatMap(({ fix }) => fix.splits ?? []);
  if (!keepsTheRest(facts, factsAfter, map, splits)) return refused;
  if (splits.length > 0 && !keepsRunning(facts, factsAfter)) return refused;
  if (!keepsSources(factsAfter, world.context, context)) return refused;
  const after = findingsOf(subjectOf(factsAfter), worldAfter, choices);
  const own = new Set(chosen.map(({ finding }) => finding));
  const others = findings.filter((it) => !own.has(it));
  const known = new Set(others.map((it) => `${it.rule} ${map.offsetAfter(it.at.start)}`));
  // What moved to a new stage has its finding there.
  const stands = new Set(after.map((it) => `${it.rule} ${it.at.start}`));
  const moved = others.flatMap(({ rule, at }) =>
    splits.length === 0 || stands.has(`${rule} ${map.offsetAfter(at.start)}`) ? [] : [rule],
  );
  const fresh = after.filter((it) => {
    if (known.has(`${it.rule} ${it.at.start}`)) return false;
    const at = moved.indexOf(it.rule);
    if (at !== -1) moved.splice(at, 1);
    return at === -1;
  });
  if (fresh.length === 0) {
    const fixes = chosen.map(({ fix }) => fix);
    return { ok: true, outcome: { fixes, facts: factsAfter, findings: after, world: worldAfter } };
  }
  return fresh.every((it) => it.rule === "suppression-unused")
    ? { ok: false, orphans: orphansOf(facts, map, fresh) }
    : refused;
}

export const subjectOf = (facts: Facts): Subject => ({ facts, suppressions: dockerfileSuppressions(facts) });

/** Every instruction that no edit touches is there, byte for byte, as readable as before, in the same stage. */
function keepsTheRest(before: Facts, after: Facts, map: EditMap, splits: readonly number[]): boolean {
  if (before.stages.length + splits.length !== after.stages.length || after.foreign !== before.foreign)
    return false;
  const byStart = new Map(after.instructions.map((it) => [it.at.start, it]));
  const untouched = new Set<Instruction>();
  for (const old of before.instructions) {
    if (map.touches(old.at)) continue;
    const start = map.offsetAfter(old.at.start);
    const now = start === undefined ? undefined : byStart.get(start);
    if (now === undefined || !isSame(old, now, splits)) return false;
    untouched.add(now);
  }
  // What was written anew can be read, and the comments that nobody meant are still comments.
  const touched = before.instructions.filter((it) => map.touches(it.at));
  const written = after.instructions.filter((it) => !untouched.has(it));
  if (!touched.some(isOpaque) && written.some(isOpaque)) return false;
  // The place of a command that somebody is about to write is neither taken away nor made.
  if (touched.filter(isUnfinished).length !== written.filter(isUnfinished).length) return false;
  const comments = new Set(after.comments.map((it) => it.at.start));
  return before.comments.every((it) => {
    const start = map.touches(it.at) ? undefined : map.offsetAfter(it.at.start);
    return start === undefined || comments.has(start);
  });
}

const isOpaque = (it: Instruction): boolean => it.kind !== "copy" && it.opaque !== undefined;

const isUnfinished = (it: Instruction): boolean => it.kind === "run" && it.unfinished;

const isSame = (a: Instruction, b: Instruction, splits: readonly number[]): boolean =>
  isSameStage(a.stage, b.stage, splits) &&
  // Text and surroundings are the same then, so nothing is read to compare it.
  (a.said === b.said || (a.source === b.source && a.kind === b.kind && isOpaque(a) === isOpaque(b))) &&
  (a.kind !== "copy" || b.kind !== "copy" || isSameStage(a.fromStage, b.fromStage, splits));

/** Stages after a split one count one more; of the split one both are meant. */
function isSameStage(a: number | undefined, b: number | undefined, splits: readonly number[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  const shift = splits.filter((it) => it < a).length;
  return b === a + shift || (splits.includes(a) && b === a + shift + 1);
}

/** Containers start the same way, and all that was installed still is, in one stage or another. */
function keepsRunning(before: Facts, after: Facts): boolean {
  const [old, now] = [finalStages(before), finalStages(after)];
  const same = old.length === now.length && old.every((it, at) => isStartOf(before, it, after, now[at]));
  const installed = new Set(installedIn(after));
  return same && installedIn(before).every((it) => installed.has(it));
}

const isStartOf = (before: Facts, old: Stage, after: Facts, now: Stage | undefined): boolean =>
  now !== undefined && now.name === old.name && startsIn(before, old) === startsIn(after, now);

const installedIn = (facts: Facts): readonly string[] =>
  facts.instructions.flatMap((it) =>
    it.kind !== "run"
      ? []
      : it.commands.flatMap(({ effects }) =>
          (effects ?? []).flatMap((effect) =>
            effect.kind === "install"
              ? effect.packages.flatMap(({ name }) =>
                  name === undefined ? [] : [`${effect.manager} ${name}`],
                )
              : effect.kind === "python-install"
                ? [
                    ...effect.requirements.map(({ text }) => `pip ${text}`),
                    ...effect.files.map(({ path }) => `pip ${path}`),
                    ...effect.projects.map(({ path }) => `pip ${path}`),
                  ]
                : [],
          ),
        ),
  );

/** An ignore file may not take away what another COPY needs as a whole: Docker would refuse to build. */
function keepsSources(
  after: Facts,
  before: BuildContext | undefined,
  now: BuildContext | undefined,
): boolean {
  if (before === now || before === undefined || now === undefined) return true;
  return after.instructions.every(
    (it) =>
      it.kind !== "copy" ||
      it.from !== undefined ||
      it.sources.every(
        ({ text }) => text === undefined || before.matches(text).length === 0 || now.matches(text).length > 0,
      ),
  );
}

function contextAfter(
  context: BuildContext | undefined,
  files: readonly FileEdits[],
): BuildContext | undefined | "refused" {
  let res = context;
  const edited = new Map<string, FileEdits[]>();
  for (const it of files) edited.set(it.path, [...(edited.get(it.path) ?? []), it]);
  for (const [path, group] of edited) {
    if (res === undefined) return "refused";
    const text = res.ignoreFile?.path === path ? res.ignoreFile.text : undefined;
    const creates = group.some((it) => it.create);
    if (creates ? text !== undefined || path !== res.newIgnorePath : text === undefined) return "refused";
    res = res.withIgnore({
      path,
      text: applyEdits(
        text ?? "",
        group.flatMap((it) => it.edits),
      ),
    });
  }
  return res;
}

/** The comments of the text before that silence nothing after. */
function orphansOf(facts: Facts, map: EditMap, unused: readonly RatedFinding[]): readonly Edit[] {
  const starts = new Set(unused.map((it) => it.at.start));
  return dockerfileSuppressions(facts)
    .filter((it) => it.rulesInComment === 1 && starts.has(map.offsetAfter(it.ruleAt.start) ?? -1))
    .map((it) => ({ at: it.lineAt, insert: "" }));
}
