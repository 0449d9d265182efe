/**
 * What each line of an ignore file does to a build context: whether it matches anything, what it leaves out, what is let
 * through again, and which entries of the same name further down it does not reach.
 *
 * Invariant: what lies below a directory that is left out as a whole is not looked at, and nothing is claimed of it.
 */
import type { ContextEntry, ListedDirectory } from "./build-context.ts";
import type { IgnoreRules, Matched } from "./ignore-rules.ts";

export interface LineAudit {
  readonly matches: boolean;
  readonly leavesOut: boolean;
  /** Files that it matches and that reach the builder all the same, and the rule that lets them through. */
  readonly letThrough: readonly { readonly path: string; readonly by: number }[];
  /** Entries below the top that have the name of a pattern without folders, and reach the builder. */
  readonly sameName: readonly Pick<ContextEntry, "path" | "kind">[];
}

/** More entries are not looked at. */
const mostEntries = 100_000;
/** Made trees can be deeper than any stack. */
const deepest = 100;
/** Of one line; a finding names some. */
const mostPaths = 10_000;
/** Other people's trees: what is called alike in there is not what a pattern means. */
const foreign = new Set(["node_modules", "vendor", "site-packages"]);

interface Draft {
  matches: boolean;
  leavesOut: boolean;
  letThrough: { path: string; by: number }[];
  sameName: Pick<ContextEntry, "path" | "kind">[];
}

/** One audit a rule, in their order; undefined: there is too much to look at. */
export function auditOf(root: ListedDirectory, rules: IgnoreRules): readonly LineAudit[] | undefined {
  const drafts = rules.rules.map(
    (): Draft => ({ matches: false, leavesOut: false, letThrough: [], sameName: [] }),
  );
  const plain = rules.rules.map(
    (it) => !it.exception && !it.pattern.includes("/") && !it.pattern.startsWith("**"),
  );
  let left = mostEntries;

  const look = (
    path: string,
    name: string,
    kind: ContextEntry["kind"],
    parent: Matched | undefined,
    named: ReadonlySet<number>,
  ): { matched: Matched; ignored: boolean; named: ReadonlySet<number> } => {
    left -= 1;
    const matched = rules.match(path, parent);
    const ignored = rules.ignores(matched);
    const now = new Set(named);
    rules.rules.forEach((rule, index) => {
      const draft = drafts[index];
      if (draft === undefined) return;
      draft.matches ||= matched[index] === true || rule.matches(path);
      if (ignored) draft.leavesOut ||= matched[index] === true;
      else if (plain[index] === true && parent !== undefined && !named.has(index) && rule.matches(name)) {
        now.add(index);
        if (draft.sameName.length < mostPaths) draft.sameName.push({ path, kind });
      }
    });
    if (kind === "file" && !ignored) {
      const by = matched.lastIndexOf(true);
      for (const [index, draft] of drafts.entries()) {
        if (matched[index] === true && by > index && draft.letThrough.length < mostPaths)
          draft.letThrough.push({ path, by });
      }
    }
    return { matched, ignored, named: now };
  };

  const visit = (
    listed: ListedDirectory,
    directory: string,
    parent: Matched | undefined,
    named: ReadonlySet<number>,
    depth: number,
  ): void => {
    if (depth > deepest) return;
    const place = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
    for (const name of listed.files.keys()) {
      if (left <= 0) return;
      look(place(name), name, "file", parent, named);
    }
    for (const [name, below] of listed.directories) {
      if (left <= 0) return;
      const path = place(name);
      const seen = look(path, name, "directory", parent, named);
      if (seen.ignored && !rules.mayLetThroughBelow(path)) continue;
      const all = foreign.has(name) ? everything(drafts.length) : seen.named;
      visit(below, path, seen.matched, all, depth + 1);
    }
  };
  visit(root, "", undefined, new Set(), 0);
  return left > 0 ? drafts : undefined;
}

const everything = (count: number): ReadonlySet<number> =>
  new Set(Array.from({ length: count }, (_, at) => at));
