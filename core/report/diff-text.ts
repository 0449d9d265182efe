/**
 * A unified diff of one file, for people.
 *
 * Invariant: texts that are equal give an empty diff.
 */

import { editsBetween } from "../text/line-diff.ts";
import { LineIndex } from "../text/line-index.ts";
import type { PaintText } from "./check-text.ts";

const contextLines = 3;

interface Change {
  /** Lines of the old text, half-open. */
  readonly start: number;
  readonly end: number;
  readonly added: readonly string[];
}

export function diffText(path: string, before: string | undefined, after: string, paint: PaintText): string {
  const old = before ?? "";
  const lines = new LineIndex(old);
  const changes = editsBetween(old, after).map(
    ({ at, insert }): Change => ({
      start: lines.lineAt(at.start),
      end: at.end === old.length ? linesOf(old).length : lines.lineAt(at.end),
      added: linesOf(insert),
    }),
  );
  if (changes.length === 0) return "";
  const hunks = hunksOf(changes).map((it) => hunkText(it, linesOf(old), paint));
  const head = [before === undefined ? "--- /dev/null" : `--- a/${path}`, `+++ b/${path}`];
  let shift = 0;
  const body = hunks.map(({ text, grows, head: at }) => {
    const res = `${at(shift)}\n${text}`;
    shift += grows;
    return res;
  });
  return `${[...head.map((it) => paint("bold", it)), ...body].join("\n")}\n`;
}

/** Changes whose surroundings touch are shown as one piece. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const res: Change[][] = [];
  for (const it of changes) {
    const last = res.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && it.start - before.end <= 2 * contextLines) {
      last.push(it);
    } else res.push([it]);
  }
  return res;
}

function hunkText(
  changes: readonly Change[],
  old: readonly string[],
  paint: PaintText,
): { text: string; grows: number; head: (shift: number) => string } {
  const first = Math.max(0, (changes[0]?.start ?? 0) - contextLines);
  const last = Math.min(old.length, (changes.at(-1)?.end ?? 0) + contextLines);
  const res: string[] = [];
  let at = first;
  let grows = 0;
  const same = (until: number): void => {
    for (; at < until; at += 1) res.push(` ${old[at] ?? ""}`);
  };
  for (const { start, end, added } of changes) {
    same(start);
    for (; at < end; at += 1) res.push(paint("red", `-${old[at] ?? ""}`));
    for (const it of added) res.push(paint("yellow", `+${it}`));
    grows += added.length - (end - start);
  }
  same(last);
  const count = last - first;
  const from = count === 0 ? 0 : first + 1;
  return {
    text: res.join("\n"),
    grows,
    head: (shift) =>
      paint(
        "blue",
        `@@ -${from},${count} +${count + grows === 0 ? 0 : first + 1 + shift},${count + grows} @@`,
      ),
  };
}

/** Without line breaks; a carriage return is not shown. */
function linesOf(text: string): string[] {
  const res = text.split("\n").map((it) => it.replace(/\r$/, ""));
  if (res.at(-1) === "") res.pop();
  return res;
}
