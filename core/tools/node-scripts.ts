/** The commands that a script of a `package.json` runs, through the scripts that it runs itself. */
import type { PackageManifest } from "./package-manifest.ts";

export type ScriptCommand = readonly string[];

/** Of one shell line; undefined: it is more than commands one after the other. */
export function commandsOf(
  manifest: PackageManifest,
  line: string,
  seen: ReadonlySet<string> = new Set(),
): readonly ScriptCommand[] | undefined {
  const res: ScriptCommand[] = [];
  for (const part of line.split(/&&|;/)) {
    if (/[|&<>`$()\\]/.test(part)) return undefined;
    const words = wordsOf(part);
    const [first] = words;
    if (first === undefined) continue;
    const inner = innerCommands(manifest, words, seen);
    if (inner === undefined) return undefined;
    res.push(...inner);
  }
  return res;
}

/** Of a script with its `pre` and `post` scripts; undefined: it is not there, or more than commands in a row. */
export function scriptCommands(
  manifest: PackageManifest,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): readonly ScriptCommand[] | undefined {
  if (!manifest.scripts.has(name) || seen.has(name)) return undefined;
  const res: ScriptCommand[] = [];
  for (const it of [`pre${name}`, name, `post${name}`]) {
    const line = manifest.scripts.get(it);
    const commands = line === undefined ? [] : commandsOf(manifest, line, new Set([...seen, it]));
    if (commands === undefined) return undefined;
    res.push(...commands);
  }
  return res;
}

/** Words without quotes and without what only sets variables. */
function wordsOf(text: string): ScriptCommand {
  const words = [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([it]) => it.replaceAll(/["']/g, ""));
  const first = words.findIndex(
    (it) => !/^[A-Za-z_]\w*=/.test(it) && !["cross-env", "cross-env-shell", "exec", "env"].includes(it),
  );
  return first === -1 ? [] : words.slice(first);
}

const runners = new Set(["npm", "yarn", "pnpm", "bun"]);
/** Actions of their own that no script stands behind. */
const ownActions =
  /^(?:ci|install|i|add|exec|dlx|x|cache|config|prune|test|audit|publish|version|workspace|workspaces|-.*)$/;

/** The commands behind `npm run build`, `npx tsc`, `run-s clean compile`; else the command itself. */
function innerCommands(
  manifest: PackageManifest,
  words: ScriptCommand,
  seen: ReadonlySet<string>,
): readonly ScriptCommand[] | undefined {
  const [program = "", action, ...rest] = words;
  if (["npx", "bunx", "pnpx"].includes(program)) {
    const at = words.findIndex((it, index) => index > 0 && !it.startsWith("-"));
    return at === -1 ? undefined : [words.slice(at)];
  }
  if (["run-s", "run-p", "npm-run-all"].includes(program)) {
    const names = words.slice(1).filter((it) => !/^-[a-z]$|^--(?:parallel|sequential|serial)$/.test(it));
    return allOf(names.map((it) => scriptCommands(manifest, it, seen)));
  }
  if (!runners.has(program)) return [words];
  if (action === "run" || action === "run-script") {
    const [name, ...more] = rest.filter(
      (it) => !/^(?:--silent|-s|--production|--prod|--if-present)$/.test(it),
    );
    // Arguments of a script go to the last of its commands.
    return name === undefined || more.length > 0 ? undefined : scriptCommands(manifest, name, seen);
  }
  if (action === undefined || (rest.length > 0 && manifest.scripts.has(action))) return undefined;
  if (program === "npm") return action === "start" ? scriptCommands(manifest, action, seen) : undefined;
  if (action === "exec") return rest.length === 0 ? undefined : [rest];
  if (ownActions.test(action) || (program === "bun" && !manifest.scripts.has(action))) return undefined;
  return manifest.scripts.has(action) ? scriptCommands(manifest, action, seen) : [[action, ...rest]];
}

function allOf<T>(lists: readonly (readonly T[] | undefined)[]): readonly T[] | undefined {
  const res: T[] = [];
  for (const it of lists) {
    if (it === undefined) return undefined;
    res.push(...it);
  }
  return res;
}
