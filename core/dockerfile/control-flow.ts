/** What the form of a script says by itself: which commands end or decide it, and what goes when one of them goes. */
import type { Span } from "../text/span.ts";
import type { Statement } from "./script.ts";

const deciders = new Set([
  "[",
  "[[",
  "test",
  "grep",
  "command",
  "which",
  "type",
  "id",
  "getent",
  "cmp",
  "diff",
  "pgrep",
]);

/** Whether a command only asks something, so that its failure is an answer and not the end of the build. */
export function decides(it: Statement | undefined): boolean {
  if (it?.kind === "negated") return decides(it.body);
  if (it?.kind !== "command") return false;
  const [first] = it.words;
  const part = first?.parts[0];
  return part?.kind === "text" && deciders.has(part.text);
}

const programOf = (it: Statement): string | undefined => {
  const part = it.kind === "command" ? it.words[0]?.parts[0] : undefined;
  return part?.kind === "text" ? part.text : undefined;
};

export const leaves = (it: Statement): boolean => ["exit", "exec", "return"].includes(programOf(it) ?? "");

export function mayLeave(it: Statement): boolean {
  switch (it.kind) {
    case "command":
      return leaves(it);
    case "chain":
      return it.items.some(mayLeave);
    case "sequence":
      return it.items.some((item) => mayLeave(item.statement));
    case "if":
      return (
        it.branches.some((branch) => mayLeave(branch.body)) ||
        (it.otherwise !== undefined && mayLeave(it.otherwise))
      );
    case "uncertain":
      return it.bodies.some(mayLeave);
    case "case":
      return it.items.some(({ body }) => mayLeave(body));
    case "group":
      return !it.subshell && mayLeave(it.body);
    case "negated":
    case "pipeline":
    case "nested":
      return false;
    case "opaque":
      return true;
  }
}

/** An item of a chain goes with one neighbouring operator, when both of them are `&&`. */
export function chainGap(it: Extract<Statement, { kind: "chain" }>, index: number): Span | undefined {
  const [before, after] = [it.operators[index - 1], it.operators[index]];
  if (before === "||" || after === "||") return undefined;
  const [previous, item, next] = [it.items[index - 1], it.items[index], it.items[index + 1]];
  if (item === undefined) return undefined;
  if (previous !== undefined) return { start: previous.at.end, end: item.at.end };
  return next === undefined ? undefined : { start: item.at.start, end: next.at.start };
}

export function sequenceGap(it: Extract<Statement, { kind: "sequence" }>, index: number): Span | undefined {
  const [previous, item, next] = [it.items[index - 1], it.items[index], it.items[index + 1]];
  if (item === undefined || previous?.background || item.background) return undefined;
  if (next !== undefined) return { start: item.statement.at.start, end: next.statement.at.start };
  return previous === undefined
    ? undefined
    : { start: previous.statement.at.end, end: item.statement.at.end };
}
