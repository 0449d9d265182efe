/**
 * Opening an image of an engine in the editor: first, again unchanged, and after a rebuild that changed its settings only;
 * and how soon a cancelled transfer's connection is closed. A small engine of the bench's own serves a saved image of
 * 50,000 files, so the figures are those of the server alone.
 */
import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { writeLargeImage } from "./large-image.ts";
import { benchFolder, dist } from "./places.ts";
import { savedConfig } from "./saved-config.ts";
import { median, milliseconds } from "./statistics.ts";
import { printTable } from "./table.ts";

const files = 50_000;
const bytes = 600_000_000;
const rounds = 5;

export async function benchOpening(): Promise<void> {
  const archive = join(benchFolder, "opened.tar");
  const storage = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  writeLargeImage(archive, bytes, files);
  const engine = await serve(archive);
  const server = spawn(process.execPath, [dist("server.js"), "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  try {
    connection.listen();
    const plimsoll = { engine: { host: engine.host } };
    const initializationOptions = { plimsoll, storage };
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
    await connection.sendNotification("initialized", {});
    let generation = 0;
    const open = async (reference: string): Promise<number> => {
      generation += 1;
      const start = performance.now();
      const params = { generation, target: { kind: "image", reference } };
      const answer = await connection.sendRequest<{ readonly ok: boolean }>("plimsoll/analyze", params);
      if (!answer.ok) throw new Error(JSON.stringify(answer));
      return performance.now() - start;
    };
    const first = await open("bench:1");
    const again = await times(() => open("bench:1"));
    const transfers = engine.transfers();
    const rebuilt: number[] = [];
    for (let build = 2; build < 2 + rounds; build += 1) rebuilt.push(await open(`bench:${build}`));
    if (engine.transfers() !== transfers) throw new Error("a layer that is known was transferred");
    await connection.sendRequest("plimsoll/clearImageCache", null);
    const closed = await times(() => cancel(connection, engine));
    const size = `${(statSync(archive).size / 1e6).toFixed(0)} MB, ${files.toLocaleString("en")} files`;
    printTable(
      `Opening an image of an engine in the editor (${size}), ${rounds} times`,
      ["", "median", "smallest"],
      [
        ["with its transfer (once)", milliseconds(first), ""],
        ["again, unchanged", ...figures(again)],
        ["rebuilt with other settings, its layers known", ...figures(rebuilt)],
        ["from cancelling to the connection's end", ...figures(closed)],
      ],
    );
  } finally {
    connection.dispose();
    server.kill();
    engine.close();
    rmSync(archive, { force: true });
    rmSync(storage, { recursive: true, force: true });
  }
}

const figures = (values: readonly number[]): readonly string[] => [
  milliseconds(median(values)),
  milliseconds(Math.min(...values)),
];

async function times(run: () => Promise<number>): Promise<readonly number[]> {
  const res: number[] = [];
  for (let round = 0; round < rounds; round += 1) res.push(await run());
  return res;
}

async function cancel(connection: MessageConnection, engine: BenchEngine): Promise<number> {
  const stop = new CancellationTokenSource();
  const params = { generation: 99, target: { kind: "image", reference: "bench:cancelled" } };
  const running = connection.sendRequest("plimsoll/analyze", params, stop.token);
  await new Promise<void>((resolve) => {
    const listening = connection.onNotification("plimsoll/analysisProgress", () => {
      listening.dispose();
      resolve();
    });
  });
  const closed = engine.closed();
  const start = performance.now();
  stop.cancel();
  const end = await closed;
  await running.catch(() => undefined);
  return end - start;
}

interface BenchEngine {
  readonly host: string;
  transfers(): number;
  /** When the connection of the newest transfer is closed. */
  closed(): Promise<number>;
  close(): void;
}

/** Holds one image under any name; a name is an image of its own with these layers. */
async function serve(archive: string): Promise<BenchEngine> {
  const { layers, diffIds } = savedConfig(archive);
  let count = 0;
  let closed: Promise<number> = Promise.resolve(0);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://engine").pathname.replace(/^\/v1\.\d+/, "");
    const send = (value: unknown): void => void response.end(JSON.stringify(value));
    if (path === "/version") send({ ApiVersion: "1.41", MinAPIVersion: "1.12" });
    else if (path === "/images/json") send([]);
    else if (path.endsWith("/history")) send(layers.toReversed());
    else if (path.endsWith("/json")) {
      const facts = { Os: "linux", Architecture: "amd64", Size: statSync(archive).size };
      send({ Id: `sha256:${Buffer.from(path).toString("hex")}`, ...facts, RootFS: { Layers: diffIds } });
    } else if (path.endsWith("/get")) {
      count += 1;
      closed = new Promise((resolve) => request.socket.once("close", () => resolve(performance.now())));
      createReadStream(archive, { highWaterMark: 1 << 18 }).pipe(response);
    } else response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    transfers: () => count,
    closed: () => closed,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
