import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { CodeLens } from "vscode-languageserver/node";
import { listContributorsCommand } from "../../protocol/commands.ts";
import {
  type ContributorsParams,
  type ContributorsResult,
  contributorsRequest,
} from "../../protocol/requests.ts";
import { Editor } from "./support/editor.ts";
import { sampleCopy } from "./support/places.ts";

async function openSample(path: string, initializationOptions?: unknown) {
  const folder = await sampleCopy();
  const editor = await Editor.start({ folder, initializationOptions });
  const file = join(folder, path);
  const document = await editor.open(pathToFileURL(file).href, await readFile(file, "utf8"));
  await editor.until(() =>
    editor.published.find(({ diagnostics }) =>
      /2\.75 MB|cuda-stack-pulled/.test(JSON.stringify(diagnostics)),
    ),
  );
  const lenses = (): Promise<CodeLens[]> =>
    editor.request("textDocument/codeLens", { textDocument: { uri: document.uri } });
  const ask = (params: Partial<ContributorsParams>): Promise<ContributorsResult> =>
    editor.request(contributorsRequest, { uri: document.uri, part: "file", list: "weights", ...params });
  return { editor, document, lenses, ask };
}

const titlesAt = (lenses: readonly CodeLens[], line: number): readonly (string | undefined)[] =>
  lenses.filter(({ range }) => range.start.line + 1 === line).map(({ command }) => command?.title);

describe("code lenses", () => {
  it("stand over the image and each stage, and say what they leave out", async () => {
    const { lenses, ask } = await openSample("docker/api.Dockerfile");
    const found = await lenses();
    const [image, less] = titlesAt(found, 1);
    expect(image).toMatch(/^Image: 5\.06 MB measured, ~\d+–\d+ MB estimated, \d unknown$/);
    expect(less).toMatch(/^To remove: 3\.73 MB measured, .* estimated, \d of unknown size \(\d findings\)$/);
    expect(titlesAt(found, 39)).toEqual(["deps-stage: does not ship, but files are copied from it"]);
    expect(titlesAt(found, 69)).toEqual(["core-stage: does not ship"]);
    expect(titlesAt(found, 82)[0]).toMatch(/^runtime: 5\.06 MB measured, \d unknown$/);
    const runtime = await ask({ part: "stage:3" });
    expect(runtime?.rows[0]).toMatchObject({ name: "COPY tests ./tests", size: "2.75 MB" });
    expect(runtime?.rows[0]?.range?.start).toEqual({ line: 102, character: 0 });
    expect(runtime?.rows.at(-1)).toMatchObject({ size: "size unknown" });
    const findings = await ask({ list: "findings" });
    expect(findings?.rows[0]?.name).toContain("gcc, g++");
  });

  it("stand over a project, its extras and groups", async () => {
    const { lenses, ask } = await openSample("pyproject.toml");
    const found = await lenses();
    expect(titlesAt(found, 1)[0]).toMatch(/^Installed: ~.* GB estimated in \d+ packages$/);
    expect(titlesAt(found, 1)[1]).toMatch(/^To remove: .* \(\d findings\)$/);
    expect(titlesAt(found, 25)[0]).toMatch(/^extra ml: ~.* GB estimated in \d+ packages, adds ~.* GB/);
    expect(titlesAt(found, 32)[0]).toMatch(/^extra dev: .*, does not ship$/);
    const rows = (await ask({ part: "extra:ml" }))?.rows ?? [];
    expect(rows[0]).toMatchObject({ range: { start: { line: 25, character: 5 } } });
    expect(rows[0]?.name).toMatch(/^torch /);
  });

  it("can be turned off, and their lists survive anything that is asked", async () => {
    const { lenses, ask, editor } = await openSample("docker/api.Dockerfile", {
      codeLens: { enabled: false },
    });
    expect(await lenses()).toEqual([]);
    expect(await ask({ part: "stage:99" })).toBeNull();
    expect(await editor.request(contributorsRequest, { uri: 1 })).toBeNull();
  });

  it("tell their lists in a message to clients without our commands", async () => {
    const { editor, lenses } = await openSample("docker/api.Dockerfile");
    const [lens] = await lenses();
    expect(editor.answered.capabilities.executeCommandProvider?.commands).toContain(listContributorsCommand);
    const told: string[] = [];
    editor.connection.onNotification("window/showMessage", ({ message }: { message: string }) => {
      told.push(message);
    });
    await editor.request("workspace/executeCommand", lens?.command);
    await editor.settle();
    expect(told.join("\n")).toContain("2.75 MB  COPY tests ./tests");
    const own = await openSample("docker/api.Dockerfile", { commands: true });
    expect(own.editor.answered.capabilities.executeCommandProvider).toBeUndefined();
    expect(titlesAt(await own.lenses(), 1)).toContain("Analyze Image…");
  });
});
