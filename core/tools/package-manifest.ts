/** What a `package.json` says about development. https://docs.npmjs.com/cli/configuring-npm/package-json */

export interface PackageManifest {
  /** Names of `devDependencies`. */
  readonly development: readonly string[];
  readonly scripts: ReadonlyMap<string, string>;
  /** `yarn@4.5.0`: the tool and release that Corepack takes. */
  readonly manager: string | undefined;
  /** Other projects below it share its `node_modules`. */
  readonly workspaces: boolean;
  /** Something that runs is a folder beside the project, to which `node_modules` links: `file:../lib`. */
  readonly linked: boolean;
}

/** Undefined: it is no JSON object. */
export function readPackageManifest(text: string): PackageManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const development = value["devDependencies"];
  const scripts = value["scripts"];
  return {
    development: isRecord(development) ? Object.keys(development) : [],
    scripts: new Map(
      isRecord(scripts)
        ? Object.entries(scripts).flatMap(([name, it]) => (typeof it === "string" ? [[name, it]] : []))
        : [],
    ),
    manager: typeof value["packageManager"] === "string" ? value["packageManager"] : undefined,
    workspaces: value["workspaces"] !== undefined,
    linked: [value["dependencies"], value["optionalDependencies"]].some(
      (it) => isRecord(it) && Object.values(it).some(isFolder),
    ),
  };
}

const isFolder = (version: unknown): boolean =>
  typeof version === "string" && /^(?:file|link|portal|workspace):|^\.{0,2}\//.test(version);

/** Programs whose package has another name. */
const packageOfProgram: Readonly<Record<string, string>> = {
  ng: "@angular/cli",
  tsc: "typescript",
  "vue-cli-service": "@vue/cli-service",
  nest: "@nestjs/cli",
  remix: "@remix-run/dev",
  "webpack-dev-server": "webpack",
};

/** Whether the program is one of the development dependencies. */
export const isDevelopmentProgram = ({ development }: PackageManifest, program: string): boolean =>
  development.includes(packageOfProgram[program] ?? program);

/** Whether a script, or one that it starts, runs a program of the development dependencies. */
export function needsDevelopment(manifest: PackageManifest, script: string): boolean {
  const seen = new Set<string>();
  const waiting = [script];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const words = (manifest.scripts.get(name) ?? "").split(/[\s;&|"'()]+/);
    if (words.some((it) => isDevelopmentProgram(manifest, it))) return true;
    waiting.push(...words.filter((it) => manifest.scripts.has(it)));
  }
  return false;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
