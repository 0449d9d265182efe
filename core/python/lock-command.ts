import type { Lock } from "./lock.ts";

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

/** The end of a fix's title: " (then run uv lock)". */
export function thenLock(lock: Lock | undefined): string {
  const command = lockCommandOf(lock);
  return command === undefined ? "" : ` (then run ${command})`;
}
