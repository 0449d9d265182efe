/** What the page of an image of 300,000 files asks, and how long a hover in a document waits meanwhile. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { groupings } from "../../core/treemap/groupings.ts";
import { writeLargeImage } from "./large-image.ts";
import { benchFolder, dist } from "./places.ts";
import { median, milliseconds } from "./statistics.ts";
import { printTable } from "./table.ts";

const files = 300_000;
const rounds = 5;
const uri = "file:///bench/Dockerfile";
const text = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n";

export async function benchPictures(): Promise<void> {
  const archive = join(benchFolder, "pictured.tar");
  writeLargeImage(archive, 1_500_000_000, files);
  const server = spawn(process.execPath, [dist("server.js"), "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const hover = async (): Promise<number> => {
    const start = performance.now();
    await connection.sendRequest("textDocument/hover", {
      textDocument: { uri },
      position: { line: 1, character: 6 },
    });
    return performance.now() - start;
  };
  /** How long the request takes, and the slowest of the hovers that are asked one after the other meanwhile. */
  const beside = async (method: string, params: object): Promise<readonly [number, number]> => {
    let isDone = false;
    const start = performance.now();
    const asked = connection.sendRequest(method, params).then(() => {
      isDone = true;
      return performance.now() - start;
    });
    let slowest = 0;
    while (!isDone) slowest = Math.max(slowest, await hover());
    return [await asked, slowest];
  };
  try {
    connection.listen();
    await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "dockerfile", version: 1, text },
    });
    await hover();
    const target = { kind: "archive", path: archive };
    const opened = await beside("plimsoll/analyze", { generation: 1, target });
    const rows = [["opened", milliseconds(opened[0]), milliseconds(opened[1])]];
    const questions: readonly (readonly [string, string, object])[] = [
      ...groupings.map((it) => [it, "plimsoll/group", { generation: 1, grouping: it, filter: "" }] as const),
      ["folders, filtered", "plimsoll/group", { generation: 1, grouping: "folders", filter: "lib 1" }],
      ["table of layers", "plimsoll/rows", { generation: 1, tree: 0, id: 0 }],
      ["files as CSV", "plimsoll/export", { generation: 1, tree: 0 }],
    ];
    for (const [name, method, params] of questions) {
      const times: (readonly [number, number])[] = [];
      for (let round = 0; round < rounds; round += 1) times.push(await beside(method, params));
      rows.push([name, ...[0, 1].map((it) => milliseconds(median(times.map((one) => one[it] ?? 0))))]);
    }
    printTable(
      `Pictures of an image of ${files.toLocaleString("en")} files, median of ${rounds}`,
      ["", "answered after", "slowest hover meanwhile"],
      rows,
    );
  } finally {
    connection.dispose();
    server.kill();
    rmSync(archive, { force: true });
  }
}
