/** What a program that fetches addresses leaves. */
import type { Word } from "../dockerfile/facts.ts";
import { baseName, posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";

/** The last part of an address, without its query. */
export const fileOf = (address: Word): string | undefined => {
  const path = address.text?.replace(/^[a-z]+:\/\/[^/]*/, "").replace(/[?#].*$/, "");
  return path === undefined || withoutSlash(path) === "" ? undefined : baseName(path);
};

export function downloaded(
  directory: string | undefined,
  name: string | undefined,
  word: Word | undefined,
): Effect[] {
  const path = posixJoin(directory, name);
  if (word === undefined || path === undefined) return [];
  if (path.startsWith("/dev/")) return [{ kind: "nothing" }];
  const file = { path, word };
  return [
    { kind: "create", paths: [file] },
    { kind: "download", file },
  ];
}
