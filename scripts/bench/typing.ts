/** Keystroke to diagnostics over stdio: one character typed inside an instruction, to the first publish for its version. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { dockerLangserver, type Peer, type Program, tally } from "./peers.ts";
import { benchFolder, dist, sampleText } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

export const ours: Program = {
  name: "plimsoll",
  command: process.execPath,
  words: [dist("server.js"), "--stdio"],
};
/** As long as a person looks at a file before typing, at the least. */
const pauseMilliseconds = 1_000;
/** A server that needs seconds for a key is asked for fewer of them. */
const budgetMilliseconds = 30_000;

export async function benchTyping(): Promise<void> {
  for (const [title, text, keystrokes] of [
    ["the sample", sampleText(), 60],
    ["25 renamed copies of it", copiesOf(sampleText(), 25), 40],
  ] as const) {
    const peers: readonly Peer[] = [ours, dockerLangserver(), tally(["lsp", "--stdio"])];
    const figures = new Map<Peer, Figures | string>();
    for (const it of peers) {
      figures.set(
        it,
        typeof it === "string"
          ? it
          : await typing(it, dockerfileOf(text), keystrokes).catch((cause) => `${it.name}: ${cause}`),
      );
    }
    const reference = [...figures.values()].flatMap((it, index) =>
      index === 1 && typeof it !== "string" ? [it.typed] : [],
    )[0];
    const rows = [...figures].map(
      ([peer, it]): Row =>
        typeof it === "string" || typeof peer === "string"
          ? [String(it)]
          : [
              peer.name,
              milliseconds(it.typed),
              reference === undefined ? "" : ratio(it.typed, reference),
              milliseconds(it.first),
              it.findings.join(", "),
            ],
    );
    const lines = text.split("\n").length;
    printTable(
      `Keystroke to diagnostics, ${title} (${lines} lines), median`,
      ["", "a key", "to docker-langserver", "open, from start", "findings when open, after a key"],
      rows,
    );
  }
}

/** A text that is typed in. */
export interface TypedDocument {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** The places where a character may come, line and column. */
  readonly places: readonly { readonly line: number; readonly character: number }[];
}

/** Inside the words of lists of packages. */
function dockerfileOf(text: string): TypedDocument {
  const places = text
    .split("\n")
    .flatMap((line, index) =>
      /^\s+[a-z][a-z-]+ \\$/.test(line) ? [{ line: index, character: line.length - 2 }] : [],
    );
  return { path: join(benchFolder, "Dockerfile"), languageId: "dockerfile", text, places };
}

export interface Figures {
  readonly first: number;
  readonly typed: number;
  /** Some servers answer a key with fewer of their rules than an opened file. */
  readonly findings: readonly [opened: number, typed: number];
}

interface Published {
  readonly version?: number;
  readonly diagnostics: readonly unknown[];
}

/** Characters at changing places, so that no text comes twice. */
export async function typing(
  { command, words }: Program,
  { path, languageId, text, places }: TypedDocument,
  keystrokes: number,
): Promise<Figures> {
  const started = performance.now();
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "ignore"] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  let heard: (version: number | undefined) => void = () => {};
  let findings = 0;
  connection.onNotification("textDocument/publishDiagnostics", (it: Published) => {
    findings = it.diagnostics.length;
    heard(it.version);
  });
  connection.onRequest(() => null);
  connection.listen();
  const answered = (version: number): Promise<void> =>
    new Promise((resolve) => {
      heard = (it) => {
        if (it === undefined || it === version) resolve();
      };
    });
  try {
    const uri = pathToFileURL(path).href;
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification("initialized", {});
    const opened = answered(1);
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId, version: 1, text },
    });
    await opened;
    const openFindings = findings;
    const first = performance.now() - started;
    await wait(pauseMilliseconds);
    const times: number[] = [];
    const begun = performance.now();
    for (let stroke = 0; stroke < keystrokes && performance.now() - begun < budgetMilliseconds; stroke += 1) {
      const { line, character } = places[(stroke * 7) % places.length] ?? { line: 0, character: 0 };
      const version = stroke + 2;
      const answer = answered(version);
      const start = performance.now();
      await connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: { line, character }, end: { line, character } }, text: "x" }],
      });
      await answer;
      times.push(performance.now() - start);
    }
    return { first, typed: median(times), findings: [openFindings, findings] };
  } finally {
    connection.dispose();
    child.kill();
  }
}

/** Stage names of each copy are its own, so that every copy is a build of its own. */
export function copiesOf(text: string, count: number): string {
  const names = [...text.matchAll(/^FROM .* AS (\S+)$/gim)].map((it) => it[1] ?? "");
  return Array.from({ length: count }, (_, index) =>
    names.reduce(
      (copy, name) => copy.replace(new RegExp(`(?<=FROM |AS |--from=)${name}\\b`, "g"), `${name}-${index}`),
      text,
    ),
  ).join("\n");
}
