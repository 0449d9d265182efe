/**
 * Finds what a COPY takes of the build context though no image needs it: version control, environments and caches of
 * the developer's machine, editors' folders, documentation, notebooks.
 *
 * Invariant: directories are named by what they are called and hold. Tests are another file's matter and not in here.
 */
import type { BuildContext, ContextEntry } from "./build-context.ts";
import { walked } from "./walks.ts";

export type WasteKind =
  | "version control"
  | "virtual environment"
  | "installed packages"
  | "caches"
  | "editor settings"
  | "documentation"
  | "notebooks";

export interface WasteEntry {
  readonly kind: WasteKind;
  readonly entry: ContextEntry;
}

const byName: readonly (readonly [RegExp, WasteKind])[] = [
  [/^\.(?:git|hg|svn)$/, "version control"],
  [
    /^(?:__pycache__|\.(?:pytest|mypy|ruff|parcel|turbo|nyc|gradle)[-_]?(?:cache|output)?|\.cache|\.tox|\.nox|\.hypothesis|\.ipynb_checkpoints|htmlcov|\.eggs|\.terraform|\.npm|\.sass-cache)$/,
    "caches",
  ],
  [/^\.(?:idea|vscode|vs|fleet|settings|devcontainer)$/, "editor settings"],
  [/^node_modules$/, "installed packages"],
  [/^docs?$/i, "documentation"],
  [/^notebooks?$/i, "notebooks"],
];
const documentation =
  /\.(?:md|rst|adoc|txt|png|jpe?g|gif|svg|webp|pdf|drawio|puml|mmd|html|css|ya?ml|bib|mdx)$/i;
/** Deeper trees are left alone rather than walked. */
const deepest = 8;

/** What a directory of the context is; undefined: nothing that is known to be of no use. */
export function wasteKind(context: BuildContext, { path, kind }: ContextEntry): WasteKind | undefined {
  if (kind !== "directory") return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^\.?v?env$|^\.?virtualenv$/i.test(name))
    return holds(context, path, /^pyvenv\.cfg$/) ? "virtual environment" : undefined;
  const found = byName.find(([pattern]) => pattern.test(name))?.[1];
  switch (found) {
    case "documentation":
      return isAll(context, path, documentation, 0) ? found : undefined;
    case "notebooks":
      return holds(context, path, /\.ipynb$/) ? found : undefined;
    default:
      return found;
  }
}

/** The topmost such directories below a directory of the context. */
export const wasteBelow = walked((context, directory): readonly WasteEntry[] => {
  const res: WasteEntry[] = [];
  const visit = (path: string, depth: number): void => {
    if (depth > deepest) return;
    for (const entry of context.children(path)) {
      if (entry.kind !== "directory" || entry.taken.bytes === 0) continue;
      const kind = wasteKind(context, entry);
      if (kind !== undefined) res.push({ kind, entry });
      else visit(entry.path, depth + 1);
    }
  };
  visit(directory, 0);
  return res;
});

const nameOf = ({ path }: ContextEntry): string => path.slice(path.lastIndexOf("/") + 1);

const holds = (context: BuildContext, directory: string, pattern: RegExp): boolean =>
  context.children(directory).some((it) => it.kind === "file" && pattern.test(nameOf(it)));

function isAll(context: BuildContext, directory: string, pattern: RegExp, depth: number): boolean {
  return (
    depth <= 4 &&
    context
      .children(directory)
      .every((it) =>
        it.kind === "file" ? pattern.test(nameOf(it)) : isAll(context, it.path, pattern, depth + 1),
      )
  );
}
