/** Reads a lock file by its name. */
import type { LockKind, LockReading } from "../lock.ts";
import { readPdmLock } from "./pdm-lock.ts";
import { readPoetryLock } from "./poetry-lock.ts";
import { readPylock } from "./pylock.ts";
import { readUvLock } from "./uv-lock.ts";

const readers: Readonly<Record<LockKind, (text: string, path: string) => LockReading>> = {
  "uv.lock": readUvLock,
  "pylock.toml": readPylock,
  "poetry.lock": readPoetryLock,
  "pdm.lock": readPdmLock,
};

/** In the order in which they are believed. */
export const lockNames: readonly LockKind[] = ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock"];

export const readLock = (kind: LockKind, text: string, path: string): LockReading =>
  readers[kind](text, path);
