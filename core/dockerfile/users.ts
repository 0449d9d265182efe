/** Accounts that a Dockerfile makes: a name can own files only once it is there. */

import type { Command, Instruction, RunInstruction } from "./facts.ts";
import { baseName } from "./paths.ts";

const makers = /^(?:useradd|adduser|groupadd|addgroup|usermod|groupmod)$/;

export const makesAccount = (it: Command): boolean => makers.test(baseName(it.words[0]?.text ?? ""));

/** Whether an account is made here, or may be by something that is not read. */
export const mayMakeAccount = (it: Instruction): boolean =>
  it.kind === "run" && (it.opaque !== undefined || it.commands.some(makesAccount));

/** Makes accounts and empty directories and does nothing else but the given command. */
export const onlyMakesAccounts = (run: RunInstruction, but: Command): boolean =>
  run.commands.some(makesAccount) &&
  run.commands.every(
    (it) => it === but || makesAccount(it) || it.effects?.every(({ kind }) => kind === "nothing") === true,
  );

export const isNumericOwner = (owner: string): boolean => /^\d*(?::\d+)?$/.test(owner);
