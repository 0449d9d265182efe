import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Diagnostic,
  type Range,
} from "vscode-languageserver/node";
import type { RatedFinding } from "../../core/rules/check.ts";
import { openRuleCommand } from "../../protocol/commands.ts";
import type { FoundWorld } from "../engine/context/find-world.ts";
import type { ClientAbilities } from "./client-abilities.ts";
import type { Desk } from "./desk.ts";
import { findingKeyFrom } from "./from-proto.ts";
import type { OpenDocument } from "./open-documents.ts";
import { rangeOf, source } from "./to-proto.ts";
import { fixAllEdit, fixEdit, suppressionEdit } from "./workspace-edits.ts";

export const fixAllKind = `${CodeActionKind.SourceFixAll}.plimsoll`;

interface Setting {
  readonly desk: Desk;
  readonly document: OpenDocument;
  readonly found: FoundWorld | undefined;
  readonly abilities: ClientAbilities;
  readonly pageOf: (rule: string) => string | undefined;
}

/** Only what was verified on the text as it is now; a diagnostic of an older version gets nothing. */
export function codeActionsOf(setting: Setting, { context }: CodeActionParams): CodeAction[] {
  const res: CodeAction[] = [];
  if (wants(context.only, CodeActionKind.QuickFix)) {
    for (const diagnostic of context.diagnostics) res.push(...quickFixesOf(setting, diagnostic));
  }
  // Looking for all fixes at every move of the cursor would be work that nobody asked for.
  const automatic = context.only === undefined && context.triggerKind === CodeActionTriggerKind.Automatic;
  if (!automatic && wants(context.only, fixAllKind)) res.push(...fixAllOf(setting));
  return res;
}

function quickFixesOf(setting: Setting, diagnostic: Diagnostic): CodeAction[] {
  const { desk, document, pageOf } = setting;
  const it = desk.caseOf(document);
  const finding = findingFor(setting, diagnostic);
  if (it === undefined || finding === undefined) return [];
  const { reading, world, choices } = it;
  const res: CodeAction[] = [];
  // No fix asks to be confirmed (`needsConfirmation`): editors then offer its changes one by one, and half of an edit was
  // never verified. Who wants to see it first asks for the preview.
  const fixes = desk.judge.fixes(reading, world, choices, finding);
  for (const fix of [...fixes].sort((a, b) => Number(b.preferred) - Number(a.preferred))) {
    const edit = fixEdit(setting, fix);
    if (edit === undefined) continue;
    res.push({
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: fix.preferred,
      edit,
    });
  }
  const suppression = desk.judge.suppression(reading, finding);
  if (suppression !== undefined) {
    res.push({
      title: `Ignore ${finding.rule} here with a reason`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: suppressionEdit(setting, suppression),
    });
  }
  const page = pageOf(finding.rule);
  if (page !== undefined) {
    res.push({
      title: `Open the rule ${finding.rule}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title: "Open the rule", command: openRuleCommand, arguments: [page] },
    });
  }
  return res;
}

function fixAllOf(setting: Setting): CodeAction[] {
  const { desk, document } = setting;
  const it = desk.caseOf(document);
  if (it === undefined) return [];
  const result = desk.judge.fixAll(it.reading, it.world, it.choices, { review: false });
  if (result.applied.length === 0) return [];
  const edit = fixAllEdit(setting, result);
  return edit === undefined ? [] : [{ title: "Apply all safe Plimsoll fixes", kind: fixAllKind, edit }];
}

/** By what the diagnostic carries; by rule and range for clients that drop `data`. */
function findingFor({ desk, document }: Setting, diagnostic: Diagnostic): RatedFinding | undefined {
  if (diagnostic.source !== source) return undefined;
  const findings = desk.findingsOf(document);
  if (diagnostic.data === undefined || diagnostic.data === null) {
    return findings.find(
      (it) => it.rule === diagnostic.code && sameRange(rangeOf(document, it.at), diagnostic.range),
    );
  }
  const key = findingKeyFrom(diagnostic.data);
  if (key?.version !== document.version) return undefined;
  return findings.find(
    (it) => it.rule === key.rule && it.at.start === key.at.start && it.at.end === key.at.end,
  );
}

/** Kinds are hierarchical: who asks for `source` also asks for `source.fixAll.plimsoll`. */
const wants = (only: readonly string[] | undefined, kind: string): boolean =>
  only === undefined || only.some((it) => it === "" || kind === it || kind.startsWith(`${it}.`));

const sameRange = (a: Range, b: Range): boolean =>
  a.start.line === b.start.line &&
  a.start.character === b.start.character &&
  a.end.line === b.end.line &&
  a.end.character === b.end.character;
