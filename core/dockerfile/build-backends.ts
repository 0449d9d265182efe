/**
 * setuptools and wheel that are installed by habit, beside pip: builds of packages bring their own, and what needs one of
 * them to run depends on it.
 */
import type { PythonInstall, RequirementWord } from "../tools/python-install.ts";
import type { Command, Facts, RunInstruction } from "./facts.ts";
import { shipsFrom } from "./flows.ts";
import { holdsSetuptools, pythonTag } from "./python-base.ts";
import { sitesOf } from "./sites.ts";

export interface BuildBackends {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly install: PythonInstall;
  readonly words: readonly (RequirementWord & { readonly name: "setuptools" | "wheel" })[];
}

const isBackend = (it: RequirementWord): it is BuildBackends["words"][number] =>
  (it.name === "setuptools" || it.name === "wheel") &&
  // Whoever names a version wants that one.
  it.text === it.name;

export function buildBackends(facts: Facts): readonly BuildBackends[] {
  if (facts.instructions.some(({ source }) => needsThem.test(source))) return [];
  return sitesOf(facts, "python-install").flatMap(({ run, command, effect: install }) => {
    if (install.selection !== undefined || !/^(?:uv )?pip$/.test(install.tool)) return [];
    if (facts.instructions.some((it) => it.kind === "run" && it.commands.some(installsEditable))) return [];
    const words = install.requirements.filter(isBackend);
    const isHabit = words.length > 1 || install.requirements.some(({ name }) => name === "pip");
    if (!isHabit || words.length === 0 || shipsFrom(facts, run, install.into) === undefined) return [];
    return isThereAnyway(facts, run, install) ? [] : [{ run, command, install, words }];
  });
}

/** Builds outside of pip's isolation, and programs that look for packages by setuptools' own means. */
const needsThem =
  /setup\.py|no-build-isolation|NO_BUILD_ISOLATION|bdist_wheel|pkg_resources|\bpip3? wheel\b|-m build\b/;

const installsEditable = ({ effects }: Command): boolean =>
  effects?.some((it) => it.kind === "python-install" && it.projects.some(({ editable }) => editable)) ===
  true;

/** Environments and images of Python before 3.12 hold setuptools from the start; of others nobody can tell. */
function isThereAnyway(facts: Facts, run: RunInstruction, { into }: PythonInstall): boolean {
  const tag = pythonTag(facts.stages[run.stage]?.baseImage);
  return tag === undefined ? into !== "/usr/local/lib" : holdsSetuptools(tag);
}
