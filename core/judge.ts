/** The Judge: the core's one entrance for the language server and the command line. Synchronous and total. */
import {
  type IgnoreFacts,
  type IgnorePlace,
  type IgnoreText,
  ignoreFactsOf,
  ignoreSuppressions,
  readIgnoreText,
} from "./context/ignore-facts.ts";
import { type Build, DockerfileReader } from "./dockerfile/dockerfile-reader.ts";
import type { Facts } from "./dockerfile/facts.ts";
import type { ShellReader } from "./dockerfile/shell.ts";
import { dockerfileSuppressions } from "./dockerfile/suppressions.ts";
import type { DocumentKind } from "./document-kind.ts";
import { type Hint, hintsOf } from "./hints.ts";
import { pythonHintsOf } from "./python/hints.ts";
import { type PythonFacts, type PythonText, pythonFactsOf, readPythonText } from "./python/python-facts.ts";
import { pyprojectSuppressions, requirementsSuppressions } from "./python/suppressions.ts";
import { emptySurroundings } from "./python/surroundings.ts";
import { TomlReader } from "./python/toml/reader.ts";
import { findingsOf, type RatedFinding } from "./rules/check.ts";
import type { Fix } from "./rules/finding.ts";
import { type FixAllResult, fixAll } from "./rules/fix-all.ts";
import { fixOneByOne } from "./rules/one-by-one.ts";
import type { RuleChoices } from "./rules/settings.ts";
import { type Ground, verified } from "./rules/verify.ts";
import { isIgnoreFixSound, type JudgedIgnore } from "./rules/verify-ignore.ts";
import {
  fixAllPython,
  isPythonFixSound,
  type JudgedPython,
  type PythonGround,
} from "./rules/verify-python.ts";
import { contributorTable } from "./summary/contributors.ts";
import { dockerfileParts } from "./summary/dockerfile-parts.ts";
import type { Part } from "./summary/part.ts";
import { pythonParts } from "./summary/python-parts.ts";
import { LineIndex } from "./text/line-index.ts";
import { lineBreakOf } from "./text/lines.ts";
import type { Suppression } from "./text/suppression.ts";
import type { PythonPlace, World } from "./world.ts";

/** One text, read. */
export interface Reading {
  readonly kind: DocumentKind;
  readonly text: string;
  readonly lines: LineIndex;
  /** What a Dockerfile says, for the given targets; undefined for other documents. */
  readonly facts: Facts | undefined;
  /** What a Python document asks for; undefined for Dockerfiles. */
  readonly python: PythonText | undefined;
  /** The lines of an ignore file; undefined for other documents. */
  readonly ignore: IgnoreText | undefined;
}

/** A verified fix. */
export interface OfferedFix extends Fix {
  /** The one to apply without asking again: the first, when it is safe. */
  readonly preferred: boolean;
}

/** A comment to insert, in two parts: the reason goes between them. */
export interface NewSuppression {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

export class Judge {
  readonly #reader: DockerfileReader;
  /** Facts depend on what a world says is built; the last ones of each reading are kept. */
  readonly #facts = new WeakMap<Reading, { readonly build: Build; readonly facts: Facts }>();

  /** What the fixes of one reading are judged on: asked for once for each of its findings. */
  readonly #grounds = new WeakMap<Reading, Ground>();
  /** The same of the version before. */
  readonly #earlier = new WeakMap<Reading, Facts>();

  readonly #toml = new TomlReader();
  readonly #ignores = new WeakMap<Reading, { readonly place: IgnorePlace; readonly facts: IgnoreFacts }>();
  /** Of each reading, for the place that was last asked about. */
  readonly #python = new WeakMap<
    Reading,
    { readonly place: PythonPlace | undefined; readonly facts: PythonFacts }
  >();

  constructor(shell: ShellReader) {
    this.#reader = new DockerfileReader(shell);
  }

  /** `past`: the reading of an earlier version; only what changed since is read again. */
  read(kind: DocumentKind, text: string, past?: Reading): Reading {
    const facts =
      kind === "dockerfile" ? this.#reader.factsOf(text, { targets: [] }, past?.facts) : undefined;
    const python =
      kind === "pyproject" || kind === "requirements" ? readPythonText(kind, text, this.#toml) : undefined;
    const ignore = kind === "dockerignore" ? readIgnoreText(text) : undefined;
    const reading = { kind, text, lines: new LineIndex(text), facts, python, ignore };
    const earlier = past && this.#facts.get(past)?.facts;
    if (earlier !== undefined) this.#earlier.set(reading, earlier);
    return reading;
  }

  /** In source order, suppression applied. */
  findings(reading: Reading, world: World, choices: RuleChoices): readonly RatedFinding[] {
    const ground = this.#groundOf(reading, world, choices);
    if (ground !== undefined) return ground.findings;
    const python = this.#pythonOf(reading, world);
    const ignore = this.#ignoreOf(reading, world);
    const suppressions = suppressionsOf(reading, undefined);
    return findingsOf({ facts: undefined, python, ignore, suppressions }, world, choices);
  }

  /**
   * Verified now, so this is for code actions and the command line, not for every keystroke. Best first; after `most`
   * sound ones no other is looked at.
   */
  fixes(
    reading: Reading,
    world: World,
    choices: RuleChoices,
    finding: RatedFinding,
    most = Number.POSITIVE_INFINITY,
  ): readonly OfferedFix[] {
    if (reading.python !== undefined) {
      const ground = this.#pythonGround(reading, reading.python, world, choices);
      return offered(soundOf(finding, most, (it) => (isPythonFixSound(ground, finding, it) ? [it] : [])));
    }
    if (reading.ignore !== undefined) {
      const judged = this.#judgedIgnore(reading, world, choices);
      const before = judged?.(reading.text);
      if (judged === undefined || before === undefined) return [];
      return offered(
        soundOf(finding, most, (it) => (isIgnoreFixSound(before, judged, finding, it) ? [it] : [])),
      );
    }
    const ground = this.#groundOf(reading, world, choices);
    if (ground === undefined) return [];
    // The finding is the caller's; its equal among those of now is judged.
    const own = ground.findings.find((it) => it.rule === finding.rule && it.at.start === finding.at.start);
    if (own === undefined) return [];
    return offered(soundOf(own, most, (fix) => verified(ground, [{ finding: own, fix }])?.fixes ?? []));
  }

  fixAll(
    reading: Reading,
    world: World,
    choices: RuleChoices,
    options: { readonly review: boolean },
  ): FixAllResult {
    if (reading.python !== undefined) {
      return fixAllPython(this.#pythonGround(reading, reading.python, world, choices), options);
    }
    const judged = this.#judgedIgnore(reading, world, choices);
    if (judged !== undefined) {
      const isSound = (before: JudgedIgnore, finding: RatedFinding, fix: Fix): boolean =>
        isIgnoreFixSound(before, judged, finding, fix);
      return fixOneByOne(judged(reading.text), judged, isSound, options);
    }
    const ground = this.#groundOf(reading, world, choices);
    return ground === undefined
      ? { text: reading.text, otherFiles: [], applied: [] }
      : fixAll(ground, options);
  }

  hints(reading: Reading, world: World): readonly Hint[] {
    const facts = this.factsOf(reading, world);
    const python = this.#pythonOf(reading, world);
    if (python !== undefined) return pythonHintsOf(python);
    return facts === undefined ? [] : hintsOf(facts, world);
  }

  /** Markdown: what the bytes of the instruction at an offset are made of; "" where that is not known. */
  contributors(reading: Reading, world: World, offset: number): string {
    const facts = this.factsOf(reading, world);
    return facts === undefined || facts.foreign ? "" : contributorTable(facts, world, offset);
  }

  /** What the parts of the document weigh; `findings` are those of the same reading and world. */
  parts(reading: Reading, world: World, findings: readonly RatedFinding[]): readonly Part[] {
    const facts = this.factsOf(reading, world);
    const python = this.#pythonOf(reading, world);
    if (python !== undefined) return pythonParts(python, findings);
    return facts === undefined ? [] : dockerfileParts(facts, world, findings);
  }

  /** A comment that silences the finding at its place, with room for a reason. */
  suppression(reading: Reading, finding: RatedFinding): NewSuppression | undefined {
    if (finding.rule === "suppression-unused") return undefined;
    const inside = reading.facts?.instructions.find(
      (it) => it.at.start <= finding.at.start && finding.at.start < it.at.end,
    );
    // Above the instruction it holds for all of it; inside one, an empty comment line may not be legal shell.
    const line = reading.lines.startOf(reading.lines.lineAt(inside?.at.start ?? finding.at.start));
    // In an ignore file white space before it would make it a pattern.
    const indent =
      reading.kind === "dockerignore" ? "" : (/^[ \t]*/.exec(reading.text.slice(line))?.[0] ?? "");
    return {
      at: reading.text.charAt(line) === "\uFEFF" ? line + 1 : line,
      before: `${indent}# plimsoll: ignore[${finding.rule}] `,
      after: lineBreakOf(reading.text),
    };
  }

  #ignoreOf(reading: Reading, { ignore: place }: World): IgnoreFacts | undefined {
    if (reading.ignore === undefined || place === undefined) return undefined;
    const known = this.#ignores.get(reading);
    if (known?.place === place) return known.facts;
    const facts = ignoreFactsOf(reading.ignore, place);
    this.#ignores.set(reading, { place, facts });
    return facts;
  }

  #judgedIgnore(
    reading: Reading,
    world: World,
    choices: RuleChoices,
  ): ((text: string) => JudgedIgnore) | undefined {
    const facts = this.#ignoreOf(reading, world);
    if (facts === undefined) return undefined;
    return (text) => {
      const next = text === reading.text ? reading : this.read(reading.kind, text);
      return {
        text,
        facts: this.#ignoreOf(next, world) ?? facts,
        findings: this.findings(next, world, choices),
      };
    };
  }

  #pythonOf(reading: Reading, { python: place }: World): PythonFacts | undefined {
    if (reading.python === undefined) return undefined;
    const known = this.#python.get(reading);
    if (known?.place === place && known !== undefined) return known.facts;
    const facts = pythonFactsOf(reading.python, place?.surroundings ?? emptySurroundings, place?.path);
    this.#python.set(reading, { place, facts });
    return facts;
  }

  #pythonGround(reading: Reading, read: PythonText, world: World, choices: RuleChoices): PythonGround {
    const { kind } = reading;
    const judged = (text: string): JudgedPython => {
      const next = text === reading.text ? reading : this.read(kind, text);
      return {
        read: next.python ?? read,
        findings: this.findings(next, world, choices),
      };
    };
    return { judged, before: judged(reading.text) };
  }

  #groundOf(reading: Reading, world: World, choices: RuleChoices): Ground | undefined {
    const facts = this.factsOf(reading, world);
    if (facts === undefined) return undefined;
    const known = this.#grounds.get(reading);
    if (known?.world === world && known.choices === choices) return known;
    const findings = findingsOf({ facts, suppressions: suppressionsOf(reading, facts) }, world, choices);
    const ground = { reader: this.#reader, facts, findings, world, choices };
    this.#grounds.set(reading, ground);
    return ground;
  }

  /** What a Dockerfile says when the world's targets are built. */
  factsOf(reading: Reading, world: World): Facts | undefined {
    const build = buildIn(world);
    if (reading.facts === undefined || build === undefined) return reading.facts;
    const known = this.#facts.get(reading);
    if (known !== undefined && isSameBuild(known.build, build)) return known.facts;
    const past = known?.facts ?? this.#earlier.get(reading) ?? reading.facts;
    const facts = this.#reader.factsOf(reading.text, build, past);
    this.#earlier.delete(reading);
    this.#facts.set(reading, { build, facts });
    return facts;
  }
}

/** Undefined: nothing but the Dockerfile decides. */
export function buildIn({ targets, buildArguments, namedContexts }: World): Build | undefined {
  if (targets.length === 0 && buildArguments === undefined && namedContexts === undefined) return undefined;
  return { targets, ...(buildArguments && { buildArguments }), ...(namedContexts && { namedContexts }) };
}

const isSameBuild = (a: Build, b: Build): boolean =>
  a.targets === b.targets && a.buildArguments === b.buildArguments && a.namedContexts === b.namedContexts;

/** `verify` gives the fix as it may be offered, or none. */
function soundOf(
  { fixes }: RatedFinding,
  most: number,
  verify: (fix: Fix) => readonly Fix[],
): readonly Fix[] {
  const res: Fix[] = [];
  for (const it of fixes) {
    if (res.length >= most) break;
    res.push(...verify(it));
  }
  return res;
}

const offered = (fixes: readonly Fix[]): readonly OfferedFix[] =>
  fixes.map((fix, index) => ({ ...fix, preferred: index === 0 && fix.safety === "safe" }));

function suppressionsOf({ kind, text }: Reading, facts: Facts | undefined): readonly Suppression[] {
  switch (kind) {
    case "dockerfile":
      return facts === undefined ? [] : dockerfileSuppressions(facts);
    case "pyproject":
      return pyprojectSuppressions(text);
    case "requirements":
      return requirementsSuppressions(text);
    case "dockerignore":
      return ignoreSuppressions(text);
  }
}
