import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Hover, InlayHint } from "vscode-languageserver/node";
import { Editor } from "./support/editor.ts";
import { sampleCopy } from "./support/places.ts";

async function openSample() {
  const folder = await sampleCopy();
  const path = join(folder, "pyproject.toml");
  const capabilities = { workspace: { inlayHint: { refreshSupport: true } } };
  const editor = await Editor.start({ folder, capabilities });
  const document = await editor.open(pathToFileURL(path).href, await readFile(path, "utf8"), "toml");
  return { editor, document };
}

describe("pyproject.toml", () => {
  it("has findings on the lines that cause them, and fixes that keep the rest", async () => {
    const { editor, document } = await openSample();
    const found = await editor.until(() => {
      const last = editor.published.findLast(({ uri }) => uri === document.uri)?.diagnostics ?? [];
      return last.some(({ code }) => code === "cuda-stack-pulled") ? last : undefined;
    });
    expect(found.map(({ code, range }) => [range.start.line + 1, code])).toEqual([
      [26, "cuda-stack-pulled"],
      [29, "dev-tool-in-runtime"],
      [30, "dev-tool-in-runtime"],
    ]);
    const related = found.flatMap((it) => it.relatedInformation ?? []);
    const installs = related.filter(({ message }) => message === "Installed here");
    expect(installs).toHaveLength(3);
    for (const { uri, range } of installs.map(({ location }) => location)) {
      expect(uri).toMatch(/\/docker\/api\.Dockerfile$/);
      const lines = (await readFile(fileURLToPath(uri), "utf8")).split("\n");
      expect(lines[range.start.line]?.slice(range.start.character, range.end.character)).toBe(
        `"\${EXTRA_SPEC}"`,
      );
    }
    const actions = await document.actions(found.slice(1, 2), ["quickfix"]);
    const fix = actions.find(({ title }) => title.startsWith("Remove pytest"));
    const after = document.after(fix?.edit?.changes?.[document.uri] ?? []);
    expect(after).toBe(document.text.replace('    "pytest>=7.4.3",\n', ""));
  });

  it("says what requirements and groups weigh", async () => {
    const { editor, document } = await openSample();
    const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
    const ask = { textDocument: { uri: document.uri }, range };
    let hints: readonly InlayHint[] = [];
    for (let asked = 0; hints.length === 0; ) {
      if (asked > 0) {
        const before = asked;
        await editor.until(() =>
          editor.asked.slice(before - 1).find((it) => it === "workspace/inlayHint/refresh"),
        );
      }
      asked = editor.asked.length + 1;
      hints = (await editor.connection.sendRequest<InlayHint[] | null>("textDocument/inlayHint", ask)) ?? [];
    }
    const onLine = (line: number) => hints.find((it) => it.position.line + 1 === line)?.label;
    expect(onLine(26)).toMatch(/^~.*GB$/);
    // The header of the extra, which the image installs.
    expect(onLine(25)).toMatch(/GB$/);
    const hover = await editor.connection.sendRequest<Hover | null>("textDocument/hover", {
      textDocument: { uri: document.uri },
      position: { line: 26, character: 8 },
    });
    expect(JSON.stringify(hover?.contents)).toContain("would go with this line");
  });
});
