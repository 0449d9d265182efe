/** Which files are ours, by name or by the editor's word for them (docs/command-line.md lists the names). */
export type DocumentKind = "dockerfile" | "pyproject" | "requirements" | "dockerignore";

/** Longer texts are data, whatever their name says: they are not analysed. In UTF-16 units. */
export const largestText = 2_000_000;

const dockerfileName = /^(?:dockerfile|containerfile)(?:[._-].*)?$|\.(?:dockerfile|containerfile)$/;

/** By file name, without regard to case, or LSP language id; undefined: not ours. */
export function documentKindOf(path: string, languageId?: string): DocumentKind | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
  if (name.endsWith(".dockerignore")) return "dockerignore";
  if (dockerfileName.test(name)) return "dockerfile";
  if (name === "pyproject.toml") return "pyproject";
  if (/^requirements.*\.txt$/.test(name)) return "requirements";
  return languageId === "dockerfile" ? "dockerfile" : undefined;
}
