/**
 * `npm run bench`: medians of this run, each beside a peer or a floor of the same run. Peers are installed once
 * below .cache/bench.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import "./build.ts";
import { writeSampleImage } from "./sample-image.ts";

const root = join(import.meta.dirname, "..");
const peers = join(root, ".cache", "bench");
const peer = join(peers, "node_modules", "dockerfile-language-server-nodejs", "bin", "docker-langserver");
const sample = readFileSync(join(root, "examples", "truthgraph", "docker", "api.Dockerfile"), "utf8");
const keystrokes = 60;

installPeer();
const ours = ["Plimsoll", join(root, "dist", "server.js")] as const;
const theirs = ["docker-langserver", peer] as const;
for (const [title, text] of [
  ["the sample", sample],
  ["25 renamed copies", copiesOf(sample, 25)],
] as const) {
  const lines = text.split("\n").length;
  console.log(`\nKeystroke to diagnostics, ${title}, ${lines} lines (median of ${keystrokes})`);
  const [a, b] = [await typing(ours[1], text), await typing(theirs[1], text)];
  table([
    [ours[0], `${a.toFixed(1)} ms`, `${(a / b).toFixed(2)} x`],
    [theirs[0], `${b.toFixed(1)} ms`, "1 x"],
  ]);
}
console.log("\nThe sample image, analysed by the command line; floor: node starts and reads the file");
const archive = join(root, ".cache", "sample-image.tar");
writeSampleImage(archive);
const analysis = median(5, () => timed([join(root, "dist", "cli.js"), "analyze", archive]));
const floor = median(5, () => timed(["-e", `require("fs").readFileSync(${JSON.stringify(archive)})`]));
table([
  ["plimsoll analyze", `${analysis.toFixed(0)} ms`, `${(analysis / floor).toFixed(2)} x`],
  ["floor", `${floor.toFixed(0)} ms`, "1 x"],
]);
console.log("\nBundles");
table(
  ["client.js", "server.js", "worker.js", "cli.js", "media/treemap.js"].map((it) => [
    it,
    `${(statSync(join(root, "dist", it)).size / 1000).toFixed(0)} kB`,
    "",
  ]),
);

/** Types a character inside instructions, at changing places, so that no text comes twice. */
async function typing(server: string, text: string): Promise<number> {
  const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  let heard: (version: number | undefined) => void = () => {};
  connection.onNotification("textDocument/publishDiagnostics", (it: { version?: number }) =>
    heard(it.version),
  );
  connection.onRequest(() => null);
  connection.listen();
  const uri = pathToFileURL(join(root, ".cache", "bench", "Dockerfile")).href;
  await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification("initialized", {});
  const answered = (version: number): Promise<void> =>
    new Promise((resolve) => {
      heard = (it) => {
        if (it === undefined || it === version) resolve();
      };
    });
  let first = answered(1);
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "dockerfile", version: 1, text },
  });
  await first;
  const lines = text.split("\n");
  const places = lines.flatMap((line, index) => (/^\s+[a-z][a-z-]+ \\$/.test(line) ? [index] : []));
  const times: number[] = [];
  for (let stroke = 0; stroke < keystrokes; stroke += 1) {
    const line = places[(stroke * 7) % places.length] ?? 0;
    const character = (lines[line] ?? "").length - 2;
    const version = stroke + 2;
    const start = performance.now();
    first = answered(version);
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: { line, character }, end: { line, character } }, text: "x" }],
    });
    await first;
    times.push(performance.now() - start);
  }
  connection.dispose();
  child.kill();
  return middle(times);
}

function installPeer(): void {
  if (existsSync(peer)) return;
  mkdirSync(peers, { recursive: true });
  writeFileSync(join(peers, "package.json"), "{}\n");
  execFileSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--loglevel=error", "dockerfile-language-server-nodejs"],
    {
      cwd: peers,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}

/** Stage names of each copy are its own, so that every copy is a build of its own. */
function copiesOf(text: string, count: number): string {
  const names = [...text.matchAll(/^FROM .* AS (\S+)$/gim)].map((it) => it[1] ?? "");
  return Array.from({ length: count }, (_, index) =>
    names.reduce(
      (copy, name) => copy.replace(new RegExp(`(?<=FROM |AS |--from=)${name}\\b`, "g"), `${name}-${index}`),
      text,
    ),
  ).join("\n");
}

function timed(words: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, words, { stdio: "ignore" });
  return performance.now() - start;
}

function median(count: number, measure: () => number): number {
  return middle(Array.from({ length: count }, measure));
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function table(rows: readonly (readonly [string, string, string])[]): void {
  for (const [name, value, ratio] of rows)
    console.log(`  ${name.padEnd(20)} ${value.padStart(10)} ${ratio.padStart(8)}`);
}
