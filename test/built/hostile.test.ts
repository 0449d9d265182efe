import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { plimsoll } from "./support/command-line.ts";
import { Editor } from "./support/editor.ts";
import { folderWith } from "./support/places.ts";

const uri = "untitled:Dockerfile";

describe("what no client should send", () => {
  it("is answered with an error, and the server lives on", async () => {
    const editor = await Editor.start();
    for (const params of [null, {}, { textDocument: null }, { textDocument: { uri: 7 } }]) {
      await editor.request("textDocument/codeAction", params).catch((it: { code: number }) => {
        expect([-32602, -32603]).toContain(it.code);
      });
      await editor.notify("textDocument/didOpen", params);
      await editor.notify("textDocument/didChange", params);
      await editor.notify("workspace/didChangeWatchedFiles", params);
    }
    await expect(editor.request("plimsoll/unheardOf", {})).rejects.toMatchObject({ code: -32601 });
    const document = await editor.open(
      uri,
      "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    );
    expect(await document.diagnostics()).toHaveLength(1);
  });

  it("changes of ranges that are not there stay inside the text", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, "FROM debian:12\n");
    await document.diagnostics();
    await editor.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [
        {
          range: { start: { line: 900, character: 9 }, end: { line: 901, character: 0 } },
          text: "RUN true\n",
        },
      ],
    });
    expect(await editor.publish(uri, 2)).toEqual([]);
    await editor.notify("textDocument/didChange", {
      textDocument: { uri: "untitled:never-opened", version: 2 },
      contentChanges: [{ text: "FROM x" }],
    });
    await editor.settle();
  });
});

describe("hostile texts", () => {
  it.each([
    ["a comment inside a continuation that breaks a parser", "FROM a\nRUN \\\n# comment\\comment\n"],
    ["nothing but continuations", `FROM a\nRUN ${"\\\n".repeat(5000)}`],
    ["deep nesting", `FROM a\nRUN ${"(".repeat(5000)}${")".repeat(5000)}`],
    ["unfinished heredocs", "FROM a\nRUN <<A <<B <<-C\nx\nB\n"],
    ["binary", `\u0000\uffff\ud800FROM ${"\u0000".repeat(1000)}`],
    ["one long line", `FROM a\nRUN apt-get install -y ${"x ".repeat(100_000)}`],
    ["variables in variables", `FROM a\nARG X=${"$".concat("{X:-").repeat(500)}\nRUN echo \${X}\n`],
  ])("are read in time: %s", async (_, text) => {
    const editor = await Editor.start();
    const document = await editor.open(uri, text);
    await document.diagnostics();
    await document.edit({ at: 0, insert: "#" });
    await document.diagnostics();
  });
});

/** Names of files that are looked for around a document. */
const looked = [
  "compose.yaml",
  "compose.override.yaml",
  "docker-bake.hcl",
  ".env",
  ".dockerignore",
  "Dockerfile",
  "app.Dockerfile.dockerignore",
  "package.json",
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "uv.toml",
  "requirements.txt",
];

describe.each<[string, (path: string) => Promise<void>]>([
  ["a pipe", async (path) => void execFileSync("mkfifo", [path])],
  ["a socket", listenAt],
  ["a device without end", (path) => symlink("/dev/zero", path)],
  ["a folder", async (path) => void (await mkdir(path))],
  ["a link to itself", (path) => symlink(path, path)],
])("%s under the names of documents", (_, make) => {
  it("is neither waited for nor a fault", async () => {
    const kept = "FROM debian:12\nCOPY package.json requirements.txt ./\nRUN apt-get update\n";
    const folder = await folderWith({ "app.Dockerfile": kept });
    for (const name of looked) await make(join(folder, name));
    const words = ["check", ".", "--format", "json"];
    const { code, out } = await plimsoll(folder, words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      documents: [{ path: "app.Dockerfile", findings: expect.arrayContaining([expect.anything()]) }],
    });
    const refused = ["check Dockerfile", "fix Dockerfile", "weigh pyproject.toml", "weigh"];
    const ended = await Promise.all(refused.map((it) => plimsoll(folder, it.split(" "))));
    expect(ended.map((it) => it.code)).toEqual([2, 2, 2, 2]);
    for (const { err } of ended) expect(err).toMatch(/^plimsoll: .+\n$/);

    const editor = await Editor.start({ folder });
    for (const [name, text] of [
      ["app.Dockerfile", kept],
      ["Dockerfile", kept],
      ["pyproject.toml", '[project]\nname = "a"\ndependencies = ["flask"]\n'],
      ["requirements.txt", "-r pyproject.toml\nflask\n"],
    ] as const) {
      const document = await editor.open(pathToFileURL(join(folder, name)).href, text);
      await document.diagnostics();
    }
    await editor.settle();
  });
});

async function listenAt(path: string): Promise<void> {
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, "listening");
}
