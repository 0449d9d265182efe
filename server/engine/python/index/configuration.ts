import { homedir } from "node:os";
import { join } from "node:path";
import { type IndexAddress, indexAddresses } from "../../../../core/python/index/addresses.ts";
import type { Lock } from "../../../../core/python/lock.ts";
import type { PythonProject } from "../../../../core/python/project.ts";
import { regularText } from "../../regular-file.ts";

interface Around {
  /** Of the setting; empty: not said. */
  readonly address: string;
  /** From the project's folder up. */
  readonly folders: readonly string[];
  readonly projects: readonly PythonProject[];
  readonly lock: Lock | undefined;
  readonly variables: NodeJS.ProcessEnv;
}

/** The indexes that uv, pip, Poetry or PDM would ask for this project, by their files and variables. */
export async function configuredIndexes(around: Around): Promise<readonly IndexAddress[]> {
  const { address, folders, projects, lock, variables } = around;
  const [uv, pip] = await Promise.all([
    textsAt([...folders.map((it) => join(it, "uv.toml")), ...uvFiles(variables)]),
    textsAt(pipFiles(variables)),
  ]);
  return indexAddresses({ setting: address, projects, uv, pip, variables, lock });
}

function uvFiles(variables: NodeJS.ProcessEnv): readonly string[] {
  const home = variables["HOME"] ?? homedir();
  const named = variables["UV_CONFIG_FILE"];
  return [
    ...(named === undefined ? [] : [named]),
    join(variables["XDG_CONFIG_HOME"] ?? join(home, ".config"), "uv", "uv.toml"),
    ...(variables["APPDATA"] === undefined ? [] : [join(variables["APPDATA"], "uv", "uv.toml")]),
    "/etc/uv/uv.toml",
  ];
}

function pipFiles(variables: NodeJS.ProcessEnv): readonly string[] {
  const home = variables["HOME"] ?? homedir();
  const {
    PIP_CONFIG_FILE: named,
    VIRTUAL_ENV: environment,
    XDG_CONFIG_HOME: config,
    APPDATA: data,
  } = variables;
  return [
    ...(named === undefined || named === "" ? [] : [named]),
    ...(environment === undefined ? [] : [join(environment, "pip.conf")]),
    join(config ?? join(home, ".config"), "pip", "pip.conf"),
    join(home, ".pip", "pip.conf"),
    join(home, "Library", "Application Support", "pip", "pip.conf"),
    ...(data === undefined ? [] : [join(data, "pip", "pip.ini")]),
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
  ];
}

async function textsAt(paths: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(paths.map((it) => regularText(it).catch(() => "")));
  return texts.filter((it) => it !== "");
}
