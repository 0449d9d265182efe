import { Agent, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { fieldsOf, jsonOf, textOr } from "../records.ts";
import type { ChosenEngine } from "./choose-engine.ts";
import { open } from "./connection.ts";

/** Oldest and newest version of the engine's API that is spoken here. Podman 4 says 1.41. */
const oldest = 41;
const newest = 52;

/** What an engine answered instead of what it was asked for. */
export class EngineError extends Error {
  /** HTTP status; undefined where the way to the engine failed. */
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The two sides have no version of the API in common. */
export class VersionError extends Error {}

/** One engine's API, read only: every request is a GET on a connection of its own. */
export class Engine {
  readonly chosen: ChosenEngine;
  #version: Promise<number> | undefined;

  constructor(chosen: ChosenEngine) {
    this.chosen = chosen;
  }

  /** The negotiated version, 1.N. */
  version(): Promise<number> {
    this.#version ??= this.#negotiate();
    return this.#version;
  }

  async json(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await this.stream(path, query);
    const res = jsonOf(await text(answer));
    if (res === undefined) throw new EngineError("something that is no JSON", answer.statusCode);
    return res;
  }

  /** The body as it arrives; destroying it closes the connection. */
  async stream(path: string, query: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    return this.#get(`/v1.${await this.version()}${path}`, query);
  }

  async #negotiate(): Promise<number> {
    const answer = fieldsOf(jsonOf(await text(await this.#get("/version"))));
    const highest = minorOf(answer["ApiVersion"]);
    const lowest = minorOf(answer["MinAPIVersion"]) ?? 0;
    if (highest === undefined) throw new EngineError("something that no Docker engine answers");
    if (highest < oldest) {
      throw new VersionError(
        `speaks version 1.${highest} of the API, which is older than 1.${oldest}: update it to Docker 20.10 or later, or Podman 4 or later`,
      );
    }
    if (lowest > newest) {
      throw new VersionError(
        `speaks only versions of the API from 1.${lowest} on, and this Plimsoll none after 1.${newest}: update Plimsoll`,
      );
    }
    return Math.min(highest, newest);
  }

  async #get(path: string, query: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    const { stream, why } = open(this.chosen.endpoint);
    let answer: IncomingMessage;
    try {
      answer = await dial(stream, path, query);
    } catch (cause) {
      stream.destroy();
      const said = await why();
      throw said === undefined ? cause : new EngineError(said);
    }
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const said = await text(answer).catch(() => "");
    throw new EngineError(textOr(fieldsOf(jsonOf(said))["message"], said.trim().slice(0, 500)), status);
  }
}

const minorOf = (version: unknown): number | undefined => {
  const minor = /^1\.(\d{1,4})$/.exec(textOr(version, ""))?.[1];
  return minor === undefined ? undefined : Number(minor);
};

/** Every answer is handed over as it is: what a status means is told by the caller. */
const everyStatus = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [100 + index, true]));

/** One GET by dockerode on a connection that is open already. */
async function dial(
  stream: Duplex,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  // Loaded with the first request: a start does not wait for it.
  const { default: Docker } = await import("dockerode");
  const agent = Object.assign(new Agent(), { createConnection: () => stream });
  const { modem } = new Docker({ protocol: "http", host: "docker", port: 80 });
  Object.assign(modem, { agent });
  const hasQuery = Object.keys(query).length > 0;
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        // dockerode writes the query behind the mark.
        path: hasQuery ? `${path}?` : path,
        method: "GET",
        isStream: true,
        statusCodes: everyStatus,
        ...(hasQuery && { options: query }),
      },
      (cause, answer) => {
        if (answer instanceof IncomingMessage) resolve(answer);
        else reject(cause);
      },
    );
  });
}
