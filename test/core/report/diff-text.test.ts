import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffText } from "../../../core/report/diff-text.ts";

const plain = (_: string, text: string): string => text;

describe("diffText", () => {
  it("shows changes with their surroundings", () => {
    const before = `${Array.from({ length: 20 }, (_, at) => at + 1).join("\n")}\n`;
    const after = before.replace("\n3\n", "\nthree\nmore\n").replace("\n18\n", "\n");
    expect(diffText("f", before, after, plain)).toBe(
      [
        "--- a/f",
        "+++ b/f",
        "@@ -1,6 +1,7 @@",
        " 1",
        " 2",
        "-3",
        "+three",
        "+more",
        " 4",
        " 5",
        " 6",
        "@@ -15,6 +16,5 @@",
        " 15",
        " 16",
        " 17",
        "-18",
        " 19",
        " 20",
        "",
      ].join("\n"),
    );
  });

  it("shows a new file, and nothing for equal texts", () => {
    expect(diffText("f", undefined, "a\nb\n", plain)).toBe(
      "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n",
    );
    expect(diffText("f", "a\n", "a\n", plain)).toBe("");
  });

  it("is what patch understands", () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-"));
    try {
      const before = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
      const after = "0\na\nb\nc\nD\nD\nf\ng\nh\ni\nj\n";
      writeFileSync(join(folder, "f"), before);
      execFileSync("git", ["apply", "-"], { cwd: folder, input: diffText("f", before, after, plain) });
      expect(readFileSync(join(folder, "f"), "utf8")).toBe(after);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
