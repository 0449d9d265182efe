/** Which files of a build context are read for what they say, beside their sizes. */
import type { ListedDirectory } from "./build-context.ts";

const names = [
  "package.json",
  "Cargo.toml",
  "tsconfig.json",
  "tsconfig.build.json",
  ".yarnrc.yml",
  "pyproject.toml",
];
/** What has many names: lists of requirements, and projects that a COPY renames. */
const named = /^(?:[\w.-]+[-_.])?requirements(?:[-_.][\w.-]+)?\.txt$|^pyproject[-_.][\w.-]+\.toml$/i;
const mostNamed = 40;
/** Folders that hold other people's manifests. */
const foreign = new Set(["node_modules", "target", "vendor", ".git"]);
const deepest = 4;
const most = 60;
const largest = 500_000;

/** Paths of manifests, the shallowest first. */
export function manifestPaths(root: ListedDirectory): readonly string[] {
  const res: string[] = [];
  const others: string[] = [];
  let level: (readonly [path: string, directory: ListedDirectory])[] = [["", root]];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const next: (readonly [string, ListedDirectory])[] = [];
    for (const [path, { files, directories }] of level) {
      for (const name of names) {
        const size = files.get(name);
        if (res.length < most && isReadable(size)) res.push(path + name);
      }
      for (const [name, size] of files) {
        if (others.length < mostNamed && named.test(name) && isReadable(size)) others.push(path + name);
      }
      for (const [name, below] of directories) if (!foreign.has(name)) next.push([`${path}${name}/`, below]);
    }
    level = next;
  }
  return [...res, ...others];
}

const isReadable = (size: number | undefined): boolean => size !== undefined && size > 0 && size <= largest;
