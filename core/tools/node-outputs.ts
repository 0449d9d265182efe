/**
 * Where build tools of Node.js put what they make, relative to the project, and where programs look for it.
 *
 * `sure`: the words or a configuration file that was read say so; else it is the tool's own folder, which a
 * configuration in a programming language may change.
 */

import type { ScriptCommand } from "./node-scripts.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { readTypeScriptConfig, type TypeScriptConfig } from "./tsconfig.ts";

export interface NodeOutput {
  /** First folder below the project. */
  readonly folder: string;
  readonly sure: boolean;
}

/** Reads a configuration file of the project by its name; undefined: it is not known. */
export type ReadConfig = (name: string) => string | undefined;

/** Undefined: nobody can tell what the command writes. */
export function outputsOf(
  [program = "", ...words]: ScriptCommand,
  manifest: PackageManifest,
  read: ReadConfig,
): readonly NodeOutput[] | undefined {
  switch (program) {
    case "tsc":
      return compiled(words, read);
    case "nest":
      return words[0] === "build" ? [nestOutput(read)] : undefined;
    case "next":
      return words[0] === "build" ? own(".next") : undefined;
    case "nuxt":
    case "nuxi":
      return words[0] === "build" ? own(".output") : undefined;
    case "vite":
      // The adapter of SvelteKit for Node.js has its own folder.
      return words[0] !== "build"
        ? undefined
        : (named(words, "--outDir") ??
            own(manifest.development.includes("@sveltejs/adapter-node") ? "build" : "dist"));
    case "react-scripts":
    case "remix":
    case "react-router":
      return words[0] === "build" || words[0] === "vite:build" ? own("build") : undefined;
    case "vue-cli-service":
      return words[0] === "build" ? (named(words, "--dest") ?? own("dist")) : undefined;
    case "ng":
    case "astro":
      return words[0] === "build" ? own("dist") : undefined;
    case "tsup":
      return named(words, "--out-dir", "-d") ?? own("dist");
    case "webpack":
      return /^(?:serve|watch)$/.test(words[0] ?? "")
        ? undefined
        : (named(words, "-o", "--output-path") ?? own("dist"));
    case "rollup":
      return named(words, "-d", "--dir") ?? own("dist");
    case "esbuild":
      return named(words, "--outdir", "--outfile");
    case "swc":
    case "babel":
      return named(words, "-d", "--out-dir");
    case "ncc":
      return words[0] === "build" ? (named(words, "-o", "--out") ?? own("dist")) : undefined;
    case "cp":
    case "cpx":
    case "copyfiles":
    case "cpy":
      return folderOf(words.filter((it) => !it.startsWith("-")).at(-1));
    case "vue-tsc":
      return words.includes("--noEmit") || words.includes("-b") ? [] : undefined;
    case "prisma":
      // Below node_modules; another place stands in the schema.
      return words[0] === "generate" ? [] : undefined;
    default:
      return silent.has(program) ? [] : undefined;
  }
}

/** Programs that write nothing, or into what another one wrote. */
const silent = new Set([
  "rimraf",
  "rm",
  "del",
  "del-cli",
  "mkdir",
  "mkdirp",
  "echo",
  "true",
  "cd",
  "eslint",
  "prettier",
  "biome",
  "tsc-alias",
  "tsconfig-paths",
  "patch-package",
  "husky",
  "chmod",
]);

const own = (folder: string): readonly NodeOutput[] => [{ folder, sure: false }];

/** `-d dist`, `--out-dir=dist`. */
function named(words: readonly string[], ...options: readonly string[]): readonly NodeOutput[] | undefined {
  const at = words.findIndex((it) => options.some((option) => it === option || it.startsWith(`${option}=`)));
  const word = words[at];
  if (word === undefined) return undefined;
  const isJoined = word.includes("=");
  const isFile = word.startsWith("--outfile");
  const value = isJoined ? word.slice(word.indexOf("=") + 1) : words[at + 1];
  return folderOf(isFile ? value?.slice(0, value.lastIndexOf("/")) : value);
}

/** Undefined: it is the project itself, or outside. */
function folderOf(path: string | undefined): readonly NodeOutput[] | undefined {
  const [folder] = path?.replace(/^(?:\.\/)+/, "").split("/") ?? [];
  return folder === undefined || /^(?:|\.|\.\.|~)$|[*?$]/.test(folder) ? undefined : [{ folder, sure: true }];
}

function compiled(words: readonly string[], read: ReadConfig): readonly NodeOutput[] | undefined {
  if (words.includes("--noEmit")) return [];
  if (words.some((it) => it === "-w" || it === "--watch")) return undefined;
  const flag = named(words, "--outDir");
  if (flag !== undefined) return flag;
  const at = words.findIndex((it) => /^(?:-p|--project|-b|--build)$/.test(it));
  const name = at === -1 ? undefined : words[at + 1];
  const config = configOf(configName(name), read);
  if (config === undefined) return undefined;
  if (config.noEmit) return [];
  // Beside the sources: nothing that is started from a folder of its own.
  return config.outDir === undefined ? [] : folderOf(config.outDir);
}

const configName = (name: string | undefined): string =>
  name === undefined || name.startsWith("-")
    ? "tsconfig.json"
    : name.endsWith(".json")
      ? name
      : `${name}/tsconfig.json`;

/** With the options of the files that it extends, as far as those are known. */
function configOf(name: string, read: ReadConfig, depth = 0): TypeScriptConfig | undefined {
  const text = read(name);
  const config = text === undefined ? undefined : readTypeScriptConfig(text);
  if (config?.extends?.startsWith(".") !== true || config.outDir !== undefined || depth > 4) return config;
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  const file = config.extends.endsWith(".json") ? config.extends : `${config.extends}.json`;
  const base = configOf(`${folder}${file.replace(/^\.\//, "")}`, read, depth + 1);
  return base && { outDir: base.outDir, noEmit: config.noEmit || base.noEmit, extends: undefined };
}

/** Nest reads tsconfig.build.json where there is one. */
function nestOutput(read: ReadConfig): NodeOutput {
  for (const name of ["tsconfig.build.json", "tsconfig.json"]) {
    const [output] = folderOf(configOf(name, read)?.outDir) ?? [];
    if (output !== undefined) return output;
  }
  return { folder: "dist", sure: false };
}
