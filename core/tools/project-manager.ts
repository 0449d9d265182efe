/** What Poetry, PDM and Pipenv have in common: they install a project's own list, and nothing that a command names. */
import type { Word } from "../dockerfile/facts.ts";
import type { Effect } from "./effect.ts";
import type { ProjectSelection, PythonInstall } from "./python-install.ts";
import type { Invocation } from "./tool.ts";

/** The install, and the builds that it may need. */
export const managedInstall = (
  call: Invocation,
  action: Word,
  install: Pick<PythonInstall, "tool" | "into" | "locked" | "compiles"> & {
    readonly selection: ProjectSelection;
  },
): readonly Effect[] => [
  {
    kind: "python-install",
    program: call.words[0] ?? action,
    action,
    requirements: [],
    projects: [],
    files: [],
    indexes: [],
    dependencies: true,
    upgrades: false,
    ...install,
  },
  { kind: "build" },
];
