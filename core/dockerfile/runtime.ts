/** What runs when a container starts, as far as the Dockerfile says. */

import type { Facts, Instruction } from "./facts.ts";
import { mentions } from "./mentions.ts";

/** A script or a task runner starts programs that the Dockerfile does not name. */
const starters =
  /\.(?:sh|bash)\b|entrypoint["'\s,\]]|\b(?:start|run|boot|launch)[\w-]*["'\s,\]]|\b(?:make|npm|yarn|pnpm|just|supervisord|honcho|foreman|bash|sh)\b/i;

/** They run the application itself, and their word `run` is no script's name. */
const servers = /\b(?:fastapi|flask|streamlit|chainlit)["'\s,]+run\b/g;

/** Whether a started container runs a program of that name; undefined: the Dockerfile does not tell. */
export function runsAtStart(facts: Facts, program: string): boolean | undefined {
  const entries = facts.shipped.filter(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  const checks = facts.shipped.filter(({ keyword }) => keyword === "HEALTHCHECK");
  if ([...entries, ...checks].some((it) => mentions(it, `/${program}`))) return true;
  const isPlain = (it: Instruction): boolean =>
    it.kind === "other" &&
    it.opaque === undefined &&
    !starters.test(it.source.replace(servers, "")) &&
    !it.source.includes("$");
  return entries.length > 0 && entries.every(isPlain) ? false : undefined;
}
