import type { Hint } from "../../core/hints.ts";
import type { Judge, Reading } from "../../core/judge.ts";
import type { RatedFinding } from "../../core/rules/check.ts";
import type { RuleChoices } from "../../core/rules/settings.ts";
import type { Part } from "../../core/summary/part.ts";
import type { World } from "../../core/world.ts";
import type { OpenDocument } from "./open-documents.ts";
import { choicesOf, defaultSettings } from "./settings.ts";
import type { Worlds } from "./worlds.ts";

interface Sheet {
  readonly version: number;
  readonly reading: Reading;
  judged: Judged | undefined;
}

interface Judged {
  readonly world: World;
  readonly choices: RuleChoices;
  readonly findings: readonly RatedFinding[];
  parts: readonly Part[] | undefined;
}

/** A document as it is now, with all that belongs to judging it. */
export interface Case {
  readonly reading: Reading;
  readonly world: World;
  readonly choices: RuleChoices;
}

/** Reads and judges open documents; keeps the newest version of each, so that one change costs one reading. */
export class Desk {
  readonly judge: Judge;
  readonly #worlds: Worlds;
  readonly #sheets = new WeakMap<OpenDocument, Sheet>();
  #choices: RuleChoices = choicesOf(defaultSettings);

  constructor(judge: Judge, worlds: Worlds) {
    this.judge = judge;
    this.#worlds = worlds;
  }

  useChoices(choices: RuleChoices): void {
    this.#choices = choices;
  }

  /** Undefined: the document is too large to be read. */
  caseOf(document: OpenDocument): Case | undefined {
    const sheet = this.#sheetOf(document);
    if (sheet === undefined) return undefined;
    return { reading: sheet.reading, world: this.#worlds.worldOf(document), choices: this.#choices };
  }

  readingOf(document: OpenDocument): Reading | undefined {
    return this.#sheetOf(document)?.reading;
  }

  /** The same value until the document, the settings or the world around it change. */
  findingsOf(document: OpenDocument): readonly RatedFinding[] {
    const sheet = this.#sheetOf(document);
    if (sheet === undefined) return [];
    const world = this.#worlds.worldOf(document);
    const choices = this.#choices;
    if (sheet.judged?.world !== world || sheet.judged.choices !== choices) {
      sheet.judged = {
        world,
        choices,
        findings: this.judge.findings(sheet.reading, world, choices),
        parts: undefined,
      };
    }
    return sheet.judged.findings;
  }

  /** Worked out when somebody looks, and kept like the findings that they sum up. */
  partsOf(document: OpenDocument): readonly Part[] {
    const findings = this.findingsOf(document);
    const sheet = this.#sheetOf(document);
    if (sheet?.judged === undefined) return [];
    sheet.judged.parts ??= this.judge.parts(sheet.reading, sheet.judged.world, findings);
    return sheet.judged.parts;
  }

  contributorsAt(document: OpenDocument, offset: number): string {
    const sheet = this.#sheetOf(document);
    if (sheet === undefined) return "";
    return this.judge.contributors(sheet.reading, this.#worlds.worldOf(document), offset);
  }

  hintsOf(document: OpenDocument): readonly Hint[] {
    const sheet = this.#sheetOf(document);
    return sheet === undefined ? [] : this.judge.hints(sheet.reading, this.#worlds.worldOf(document));
  }

  #sheetOf(document: OpenDocument): Sheet | undefined {
    if (document.tooLarge) return undefined;
    const known = this.#sheets.get(document);
    if (known?.version === document.version) return known;
    const reading = this.judge.read(document.kind, document.text, known?.reading);
    const sheet: Sheet = { version: document.version, reading, judged: undefined };
    this.#sheets.set(document, sheet);
    return sheet;
  }
}
