/** How the JavaScript engine is told that this process is soon over. */
import { setFlagsFromString } from "node:v8";

/** An engine that does not know a flag complains on stderr, so each is set only in the versions in which it was tried. */
const flags: readonly { readonly flag: string; readonly from: number; readonly to: number }[] = [
  // Optimizing the grammar takes a core half a second, for which the process waits at its end: a command is done before.
  { flag: "--liftoff-only", from: 11, to: 14 },
  // Functions are optimized later than in a program that runs for long, as later engines do by themselves: compiling
  // them would cost more than it saves.
  { flag: "--interrupt-budget=300000", from: 11, to: 11 },
];

/** `version` is V8's, as in `process.versions`. */
export function flagsFor(version: string | undefined): readonly string[] {
  const major = Number.parseInt(version ?? "", 10);
  return flags.filter(({ from, to }) => from <= major && major <= to).map(({ flag }) => flag);
}

export function tuneForShortRun(): void {
  for (const it of flagsFor(process.versions.v8)) setFlagsFromString(it);
}
