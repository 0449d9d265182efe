import type { InstallerScript } from "../tools/file-effects.ts";
import type { Instruction } from "./facts.ts";

/** The installer of an installer that a RUN fetches and hands to a shell, when it does nothing else. */
export function scriptIn(it: Instruction): InstallerScript | undefined {
  if (it.kind !== "run" || it.commands.length !== 2 || !it.commands.every(({ piped }) => piped))
    return undefined;
  return it.commands[0]?.effects?.find((effect) => effect.kind === "installer-script");
}
