import type { BuildContext } from "../context/build-context.ts";
import type { CopiedWaste } from "../dockerfile/copied-waste.ts";
import { removeInstruction, removeSource } from "../dockerfile/edits.ts";
import type { CopyInstruction, Facts } from "../dockerfile/facts.ts";
import { usersOf } from "../dockerfile/mentions.ts";
import type { Fix } from "./finding.ts";
import { ignoreLines } from "./ignore-edits.ts";

/** The COPY goes where it takes nothing else; else lines of the ignore file keep it out. */
export function wasteFixes(
  facts: Facts,
  context: BuildContext,
  copy: CopyInstruction,
  found: CopiedWaste,
): readonly Fix[] {
  if (found.whole) {
    // Something may run from what is copied; then it is not the edit that is wrong but the way.
    if (usersOf(facts, copy).some((it) => it.kind === "run")) return [];
    const edits =
      copy.sources.length === 1 ? [removeInstruction(facts, copy)] : removeSource(facts, copy, found.source);
    return edits === undefined ? [] : [{ title: "Do not copy it", safety: "review", edits }];
  }
  const patterns = new Set(
    found.entries.map(({ kind, entry }) => {
      const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
      // A cache is one wherever it lies, and next time it lies elsewhere.
      return kind === "caches" || (kind === "installed packages" && entry.path !== name)
        ? `**/${name}`
        : entry.path;
    }),
  );
  const file = ignoreLines(context, [...patterns]);
  if (file === undefined) return [];
  const title = file.create
    ? `Write ${file.path} that leaves it out`
    : `Leave it out of the build context (${file.path})`;
  return [{ title, safety: "review", edits: [], otherFiles: [file] }];
}
