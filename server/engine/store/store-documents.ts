import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { longestDocument } from "../image/blob-reader.ts";

/** A text in an engine's store. Undefined: it is not there, may not be read, or is too long. */
export async function textAt(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).size > longestDocument ? undefined : await readFile(file, "utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Undefined: no digest of SHA-256. */
export const hexOf = (digest: string): string | undefined => /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
