import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "./endpoint.ts";

/** One connection to an engine; destroying the stream closes it. */
export interface Connection {
  readonly stream: Duplex;
  /** After a failure: what the way to the engine itself said. */
  why(): Promise<string | undefined>;
}

const longestWhy = 4_000;
const silent = { why: () => Promise.resolve(undefined) };

export function open(endpoint: Endpoint): Connection {
  switch (endpoint.kind) {
    case "socket":
      return { stream: connect({ path: endpoint.path }), ...silent };
    case "tcp": {
      const { host, port, tls } = endpoint;
      if (tls === undefined) return { stream: connect({ host, port }), ...silent };
      const { ca, cert, key, verifies } = tls;
      const stream = connectTls({
        host,
        port,
        rejectUnauthorized: verifies,
        // The name of a certificate is that of a host, never an address.
        ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined || key === undefined ? {} : { cert, key }),
      });
      return { stream, ...silent };
    }
    case "ssh":
      return openSsh(endpoint);
  }
}

const running = new Set<ChildProcess>();
let ending = false;
let onProgram: (pid: number, runs: boolean) => void = () => {};

/** Hears of each program that is started here, and of its end. */
export function watchPrograms(listener: typeof onProgram): void {
  onProgram = listener;
}

/** Ends what connections of this thread have started, and waits for it; no more are started. */
export async function endPrograms(): Promise<void> {
  ending = true;
  await Promise.all(
    [...running].map((child) => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      return ended;
    }),
  );
}

/** As the docker command does it: the user's own ssh, with its configuration, agent and known hosts. */
function openSsh({ host, user, port, socket }: Extract<Endpoint, { kind: "ssh" }>): Connection {
  if (ending) throw new Error("the analysis was ended");
  const child = spawn(
    "ssh",
    [
      "-T",
      // Nobody is there to type a password.
      ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=30"],
      ...(user === undefined ? [] : ["-l", user]),
      ...(port === undefined ? [] : ["-p", port]),
      "--",
      host,
      "docker",
      ...(socket === undefined ? [] : ["--host", `unix://${quoted(socket)}`]),
      "system",
      "dial-stdio",
    ],
    { stdio: ["pipe", "pipe", "pipe"], windowsHide: true },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (it: string) => {
    said = (said + it).slice(-longestWhy);
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", (cause) => resolve(`ssh could not be started: ${cause.message}`));
    child.on("close", () => resolve(lastLineOf(said)));
  });
  // What fails on the pipes is told by `ended`.
  for (const it of [child.stdin, child.stdout, child.stderr]) it.on("error", () => {});
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  const { pid } = child;
  running.add(child);
  if (pid !== undefined) onProgram(pid, true);
  child.once("exit", () => {
    running.delete(child);
    if (pid !== undefined) onProgram(pid, false);
  });
  stream.on("close", () => child.kill());
  stream.on("error", () => {});
  return {
    stream,
    why: () => {
      stream.destroy();
      return ended;
    },
  };
}

/** The path goes through the other side's shell. */
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

const lastLineOf = (text: string): string | undefined =>
  text
    .split(/\r?\n/)
    .map((it) => it.trim())
    .findLast((it) => it !== "");
