/** What runs when a container starts, as far as the Dockerfile and the scripts of its build context say. */

import type { BuildContext } from "../context/build-context.ts";
import type { Facts, Instruction } from "./facts.ts";
import { mentions } from "./mentions.ts";
import { servicesRun, withoutScripts } from "./start-scripts.ts";

/** A script, a task runner or who works in a notebook starts programs that the Dockerfile does not name. */
const starters =
  /\.(?:sh|bash)\b|entrypoint["'\s,\]]|\b(?:start|run|boot|launch)[\w-]*["'\s,\]]|\b(?:make|npm|yarn|pnpm|just|supervisord|honcho|foreman|bash|sh|jupyter\w*|code-server)\b/i;

/** They run the application itself, and their word `run` is no script's name. */
const servers = /\b(?:fastapi|flask|streamlit|chainlit)["'\s,]+run\b/g;

/** The first program of s6-overlay. */
const supervisor = /^ENTRYPOINT\s*\[\s*"\/init"\s*\]\s*$/i;

/** Whether a started container runs a program of that name; undefined: nobody tells. */
export function runsAtStart(
  facts: Facts,
  context: BuildContext | undefined,
  program: string,
): boolean | undefined {
  const entries = facts.shipped.filter(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  const checks = facts.shipped.filter(({ keyword }) => keyword === "HEALTHCHECK");
  if ([...entries, ...checks].some((it) => mentions(it, `/${program}`))) return true;
  if (entries.every(({ source }) => supervisor.test(source))) return servicesRun(facts, context, program);
  const read = entries.map((it) => ({ it, ...withoutScripts(facts, context, it, program) }));
  if (read.some(({ runs }) => runs)) return true;
  const isPlain = ({ it, rest }: { readonly it: Instruction; readonly rest: string }): boolean =>
    it.kind === "other" &&
    it.opaque === undefined &&
    !starters.test(rest.replace(servers, "")) &&
    !rest.includes("$");
  return read.every(isPlain) ? false : undefined;
}
