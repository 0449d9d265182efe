/**
 * Lines of an ignore file that do not do what they are written for, with what reaches the builder because of it.
 *
 * Invariant: a pattern that matches nothing is no trap by itself, since many ignore files are written once for all
 * projects; something of that name has to get through, or the line's own form has to show the mistake.
 */

import type { Size } from "../size/size.ts";
import type { OtherPlace } from "../text/other-file.ts";
import type { Span } from "../text/span.ts";
import type { BuildContext, ContextEntry } from "./build-context.ts";
import { wasteKind } from "./context-waste.ts";
import { auditOf, type LineAudit } from "./ignore-audit.ts";
import { copiedOf, type IgnoreFacts, lineText, readIgnoreText } from "./ignore-facts.ts";
import { ignoreTest } from "./ignore-pattern.ts";
import type { IgnoreRule } from "./ignore-rules.ts";

export type Trap =
  | "only the top"
  | "let through again"
  | "comment behind"
  | "backslashes"
  | "outside"
  | "refused";

export interface Ineffective {
  readonly trap: Trap;
  readonly at: Span;
  /** As it is written. */
  readonly line: string;
  /** What it should have kept out; largest first. */
  readonly paths: readonly string[];
  /** Undefined: nothing of it is copied. */
  readonly size: Size | undefined;
  /** The line that undoes it. */
  readonly by: Span | undefined;
  /** The lines of Dockerfiles that copy it. */
  readonly copies: readonly OtherPlace[];
}

/** Files that nobody wants wherever they lie. */
const litter = /(?:\.(?:py[co]|log|tmp|swp|swo|bak|orig|class)|^\.DS_Store|^Thumbs\.db|~)$/;

export function ineffectiveLines(facts: IgnoreFacts): readonly Ineffective[] {
  const { rules, invalid } = facts.rules;
  const refused = invalid.map((at): Ineffective => found("refused", at, lineText(facts, at)));
  const audits = auditOf(facts.context.listing, facts.rules);
  if (audits === undefined) return refused;
  return [
    ...refused,
    ...rules.flatMap((rule, index) => {
      const audit = audits[index];
      return (audit && trapOf(facts, rule, audit)) ?? [];
    }),
  ].toSorted((a, b) => a.at.start - b.at.start);
}

function trapOf(facts: IgnoreFacts, rule: IgnoreRule, audit: LineAudit): Ineffective | undefined {
  const line = lineText(facts, rule.at);
  const { pattern, at } = rule;
  if (pattern === ".." || pattern.startsWith("../")) return found("outside", at, line);
  if (!audit.matches && /\s#/.test(line)) return found("comment behind", at, line);
  if (rule.exception) return undefined;
  if (!audit.matches && /\\[\w.-]/.test(pattern)) {
    const copied = copiedOf(facts, matching(facts, pattern.replaceAll("\\", "/")));
    return copied && { ...found("backslashes", at, line), ...copied };
  }
  if (audit.letThrough.length > 0 && !audit.leavesOut) {
    if (audit.letThrough.every(({ by }) => isNamedException(rule, facts.rules.rules[by]))) return undefined;
    const copied = copiedOf(
      facts,
      audit.letThrough.map(({ path }) => ({ path, kind: "file" })),
    );
    const by = audit.letThrough[0] && facts.rules.rules[audit.letThrough[0].by]?.at;
    return copied && { ...found("let through again", at, line), ...copied, by };
  }
  // Who writes the slash means the top; a pattern of wildcards alone names nothing to look for elsewhere.
  if (/^\.?\//.test(line) || /^[*?./]+$/.test(pattern)) return undefined;
  // `data` may well be a package of that name deeper down: only what nobody wants anywhere is meant for certain.
  const meant = audit.sameName.filter((it) => isLitter(facts, it));
  const copied = copiedOf(facts, meant);
  return copied && { ...found("only the top", at, line), ...copied };
}

/** `*.md`, and later `!README.md`: a path among those that the pattern matches, by its name, is meant to come along. */
const isNamedException = (rule: IgnoreRule, exception: IgnoreRule | undefined): boolean =>
  exception !== undefined &&
  exception.pattern !== rule.pattern &&
  !/[*?[]/.test(exception.pattern) &&
  ignoreTest(rule.pattern)?.(exception.pattern) === true;

const found = (trap: Trap, at: Span, line: string): Ineffective => ({
  trap,
  at,
  line,
  paths: [],
  size: undefined,
  by: undefined,
  copies: [],
});

function isLitter({ context }: IgnoreFacts, { path, kind }: Pick<ContextEntry, "path" | "kind">): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (kind === "file") return litter.test(name);
  const [entry] = context.matches(path);
  const waste = entry && wasteKind(context, entry);
  return waste !== undefined && waste !== "documentation" && waste !== "notebooks";
}

/** Entries that are let through and that another pattern would match. */
function matching({ context }: IgnoreFacts, pattern: string): readonly ContextEntry[] {
  const test = ignoreTest(pattern);
  if (test === undefined) return [];
  const res: ContextEntry[] = [];
  const visit = (directory: string, depth: number): void => {
    for (const it of context.children(directory)) {
      if (test(it.path)) res.push(it);
      else if (it.kind === "directory" && depth < pattern.split("/").length) visit(it.path, depth + 1);
    }
  };
  visit("", 0);
  return res;
}

const inVain = new WeakMap<BuildContext, ReadonlySet<string>>();

/** What an ineffective line of the ignore file means to keep out: that line is the one cause, and is reported there. */
export function keptOutInVain(context: BuildContext): ReadonlySet<string> {
  const known = inVain.get(context);
  if (known !== undefined) return known;
  const { ignoreFile } = context;
  const lines =
    ignoreFile === undefined
      ? []
      : ineffectiveLines({ ...readIgnoreText(ignoreFile.text), context, builds: [], unread: undefined });
  const paths = new Set(lines.flatMap((it) => it.paths));
  inVain.set(context, paths);
  return paths;
}
