/**
 * Finds what only development needs among the files that a COPY takes: tests and benchmark scripts.
 *
 * Invariant: directories are named by what they are called or hold, never by guesses about a program; what lies in
 * hidden directories and in other people's packages is left alone.
 */
import type { BuildContext, ContextEntry } from "./build-context.ts";
import { walked } from "./walks.ts";

const testDirectory =
  /^(?:tests?|__tests__|e2e|e2e[-_]tests?|(?:unit|integration|functional|acceptance)[-_]?tests?|bench(?:es|marks?)?)$/i;
const specDirectory = /^specs?$/i;
const specFile = /(?:[._-]spec\.[a-z]+|_spec\.rb|spec_helper\.rb)$/i;
const foreignDirectory = /^(?:\..*|node_modules|vendor|third_party|site-packages|venv)$/i;
const codeFile = /\.(?:py|m?[jt]s|c[jt]s|rb|sh|bash|go|rs|php|pl|lua|r|jl)$/i;
const benchmarkFile =
  /(?:^|[._-])(?:bench(?:mark(?:s|ing)?)?|profil(?:e|er|ing)|perf|load[-_]?test|stress[-_]?test)(?:[._-]|$)/i;
/** Deeper trees are left alone rather than walked. */
const deepest = 12;

export type DevelopmentKind = "tests" | "benchmarks";

export interface DevelopmentEntry {
  readonly kind: DevelopmentKind;
  readonly entry: ContextEntry;
}

/** By its name alone, for contexts that are not known. */
export const isTestDirectoryName = (path: string): boolean => testDirectory.test(lastName(path));

/** What a directory of the context is, by name and, where the name says nothing certain, by what it holds. */
export function developmentKind(context: BuildContext, entry: ContextEntry): DevelopmentKind | undefined {
  if (entry.kind !== "directory") return undefined;
  const name = lastName(entry.path);
  if (testDirectory.test(name)) return /^bench/i.test(name) ? "benchmarks" : "tests";
  if (specDirectory.test(name)) return holdsFile(context, entry.path, specFile, 0) ? "tests" : undefined;
  return holdsOnlyBenchmarks(context, entry.path) ? "benchmarks" : undefined;
}

/** The topmost such directories below a directory of the context. */
export const developmentEntriesBelow = walked((context, directory): readonly DevelopmentEntry[] => {
  const res: DevelopmentEntry[] = [];
  const visit = (path: string, depth: number): void => {
    if (depth > deepest) return;
    for (const entry of context.children(path)) {
      if (entry.kind !== "directory" || foreignDirectory.test(lastName(entry.path))) continue;
      const kind = developmentKind(context, entry);
      if (kind === undefined) visit(entry.path, depth + 1);
      else if (entry.taken.bytes > 0) res.push({ kind, entry });
    }
  };
  visit(directory, 0);
  return res;
});

const lastName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
};

function holdsFile(context: BuildContext, directory: string, pattern: RegExp, depth: number): boolean {
  return context
    .children(directory)
    .some((it) =>
      it.kind === "file"
        ? pattern.test(lastName(it.path))
        : depth < 3 && holdsFile(context, it.path, pattern, depth + 1),
    );
}

/** Every program in it measures something; at least one does, and no subdirectory holds another. */
function holdsOnlyBenchmarks(context: BuildContext, directory: string): boolean {
  let found = false;
  const visit = (path: string, depth: number): boolean =>
    depth <= 3 &&
    context.children(path).every((it) => {
      if (it.kind === "directory") return visit(it.path, depth + 1);
      const name = lastName(it.path);
      if (!codeFile.test(name)) return !/^(?:dockerfile|makefile)$/i.test(name);
      const measures = benchmarkFile.test(name);
      found ||= measures;
      return measures;
    });
  return visit(directory, 0) && found;
}
