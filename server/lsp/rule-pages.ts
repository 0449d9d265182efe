import { readdirSync } from "node:fs";
import { join } from "node:path";
import { uriOf } from "./to-proto.ts";

/** The pages that explain the rules, as they lie beside the built server; a rule without a page gets no link. */
export function rulePagesIn(directory: string): (rule: string) => string | undefined {
  const pages = new Map(
    filesIn(directory)
      .filter((it) => it.endsWith(".md"))
      .map((it) => [it.slice(0, -".md".length), uriOf(join(directory, it))]),
  );
  return (rule) => pages.get(rule);
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // A server that was copied without its pages still works.
    return [];
  }
}
