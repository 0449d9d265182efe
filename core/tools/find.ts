import type { Word } from "../dockerfile/facts.ts";
import { withoutSlash } from "../dockerfile/paths.ts";
import type { Effect, PathWord } from "./effect.ts";
import type { Touch } from "./file-effects.ts";
import { pathWords, type Tool } from "./tool.ts";

const narrowing =
  /^-(?:i?name|i?path|i?regex|wholename|newer|size|[mac]time|[mac]min|perm|user|group|empty|links|inum|samefile|xtype)$/;
const changes: Readonly<Record<string, Touch["changes"]>> = { chmod: "mode", chown: "owner", chgrp: "group" };

/** `find … -delete`, `-exec rm`, `-exec chmod`: whole trees only where nothing narrows the search to some files. */
export const find: Tool = {
  names: ["find"],
  effects({ words, directory }): readonly Effect[] | undefined {
    const texts = words.map((it) => it.text ?? "");
    // Links hold a few bytes each.
    if (texts[texts.indexOf("-type") + 1] === "l" && texts.includes("-type")) return [{ kind: "nothing" }];
    const program = texts[texts.findIndex((it) => /^-(?:exec|execdir|ok)$/.test(it)) + 1];
    const runs = texts.some((it) => /^-(?:exec|execdir|ok)$/.test(it)) ? (program ?? "") : undefined;
    if (runs === undefined && !texts.includes("-delete")) return [{ kind: "nothing" }];
    const starts = startsOf(words, directory);
    // A program beside -delete is asked which of them.
    const isAsked = texts.includes("-delete") && runs !== undefined;
    const isNarrow = isAsked || texts.some((it) => narrowing.test(it));
    if (texts.includes("-delete") || runs === "rm") return isNarrow ? undefined : [emptied(starts)];
    const changed = changes[runs ?? ""];
    if (changed === undefined) return undefined;
    const value = texts[texts.indexOf(runs ?? "") + 1];
    // Files and directories apart: together they are the tree, alone they are not.
    const recursive = !isNarrow && !texts.includes("-type");
    return [{ kind: "touch", paths: starts, recursive, changes: changed, value }];
  },
};

const emptied = (starts: readonly PathWord[]): Effect => ({
  kind: "remove",
  paths: starts.map((it) => ({ ...it, path: `${withoutSlash(it.path)}/*` })),
});

function startsOf(words: readonly Word[], directory: string | undefined): readonly PathWord[] {
  const starts: Word[] = [];
  for (const word of words.slice(1)) {
    if (word.text === undefined || /^[-(!]/.test(word.text)) break;
    starts.push(word);
  }
  return pathWords(starts, directory);
}
