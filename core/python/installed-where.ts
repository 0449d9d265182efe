/** Where the Dockerfile that decides what ships installs a requirement. */
import type { OtherPlace } from "../text/other-file.ts";
import { groupsWith, type Requirement } from "./project.ts";
import type { PythonFacts } from "./python-facts.ts";

export interface InstalledWhere extends OtherPlace {
  readonly message: string;
}

/** In the order of its lines; empty where nothing tells which line does it. */
export function installedWhere(
  { image, whole, path }: Pick<PythonFacts, "image" | "whole" | "path">,
  { group }: Requirement,
): readonly InstalledWhere[] {
  return (image?.installs ?? [])
    .filter(({ groups, requirementsFile }) =>
      whole.kind === "requirements"
        ? requirementsFile !== undefined && nameOf(requirementsFile) === nameOf(path)
        : groupsWith(whole.inclusions, groups).has(group),
    )
    .map(({ file, at }) => ({ file, at, message: "Installed here" }));
}

const nameOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
