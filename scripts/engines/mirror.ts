import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where apt gets Debian's packages from; undefined: its sources do not say. */
export function mirrorOfThisMachine(): string | undefined {
  const files = ["/etc/apt/sources.list"].concat(
    existsSync("/etc/apt/sources.list.d")
      ? readdirSync("/etc/apt/sources.list.d").map((it) => join("/etc/apt/sources.list.d", it))
      : [],
  );
  const text = files
    .filter((it) => existsSync(it))
    .map((it) => readFileSync(it, "utf8"))
    .join("\n");
  const found = /^(?:deb\s+(?:\[[^\]]*\]\s*)?|URIs:\s*)(https?:\/\/\S*debian\/?)(?:\s|$)/m.exec(text);
  return found?.[1];
}
