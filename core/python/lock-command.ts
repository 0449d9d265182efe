import type { Lock } from "./lock.ts";
import type { PythonFacts } from "./python-facts.ts";

/** What makes a lock file anew; undefined where several tools may have written it. */
export function lockCommandOf(lock: Lock | undefined): string | undefined {
  switch (lock?.kind) {
    case "uv.lock":
      return "uv lock";
    case "poetry.lock":
      return "poetry lock";
    case "pdm.lock":
      return "pdm lock";
    default:
      return undefined;
  }
}

/** The end of a fix's title: " (then run uv lock)". No lock is made from a requirements file. */
export function thenLock({ project, surroundings }: Pick<PythonFacts, "project" | "surroundings">): string {
  const command = project.kind === "requirements" ? undefined : lockCommandOf(surroundings.lock);
  return command === undefined ? "" : ` (then run ${command})`;
}
