import type { Command } from "../dockerfile/facts.ts";
import { baseName, posixJoin } from "../dockerfile/paths.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import type { Effect } from "./effect.ts";
import { tools } from "./index.ts";
import type { Invocation } from "./tool.ts";

const toolsByName = new Map(tools.flatMap((tool) => tool.names.map((name) => [name, tool] as const)));
const wrappers = new Set(["sudo", "exec", "command", "time", "nice", "eatmydata", "env", "nohup"]);

/** What a command does, undefined when no tool model knows; a redirection into a file creates it. */
export function effectsOf(command: Omit<Command, "effects">): readonly Effect[] | undefined {
  const call = unwrapped(command);
  const program = call.words[0]?.text;
  // Assignments and redirections alone run no program.
  const own =
    call.words.length === 0
      ? []
      : asksOnly(call)
        ? [{ kind: "nothing" as const }]
        : toolFor(program)?.effects(call);
  const written = command.redirects.flatMap(({ operator, target }) => {
    const path = posixJoin(command.directory, target.text);
    // `>&2` names no file.
    const isFile = /^&?>{1,2}\|?$/.test(operator) && path !== undefined && !path.startsWith("/dev/");
    return isFile ? [{ path, word: target }] : [];
  });
  if (written.length === 0) return own;
  return [...(own ?? []), { kind: "create", paths: written }];
}

/** `yarn --version` and its kin. */
const asksOnly = ({ words }: Invocation): boolean =>
  words.length === 2 && /^(?:--version|--help|-V)$/.test(words[1]?.text ?? "");

const toolFor = (program: string | undefined) =>
  program === undefined ? undefined : (toolsByName.get(baseName(program)) ?? versioned(program));

/** `python3.12`, `pip3.11` and their kin. */
const versioned = (program: string) => toolsByName.get(baseName(program).replace(/[\d.]+$/, ""));

function unwrapped(command: Omit<Command, "effects">): Invocation {
  let { words } = command;
  const { directory } = command;
  let { environment } = command;
  while (wrappers.has(words[0]?.text ?? "")) {
    words = words.slice(1);
    for (let text = words[0]?.text ?? ""; /^-|^[A-Za-z_]\w*=/.test(text); text = words[0]?.text ?? "") {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) environment = withVariable(environment, name, value);
      words = words.slice(1);
    }
  }
  return { words, directory, environment };
}

const withVariable = (environment: ReadonlyValues, name: string, value: string): ReadonlyValues => ({
  get: (it) => (it === name ? value : environment.get(it)),
  has: (it) => it === name || environment.has(it),
});
