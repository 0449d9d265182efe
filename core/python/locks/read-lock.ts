/** Reads a lock file by its name. */
import type { LockKind, LockReading } from "../lock.ts";
import { readUvLock } from "./uv-lock.ts";

/** In the order in which they are believed. */
export const lockNames: readonly LockKind[] = ["uv.lock"];

export function readLock(kind: LockKind, text: string, path: string): LockReading {
  switch (kind) {
    case "uv.lock":
      return readUvLock(text, path);
    default:
      return { ok: false, why: "locks of this kind are not known" };
  }
}
