import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";

export interface ServedWheel {
  readonly name: string;
  readonly content: Uint8Array;
  readonly requiresPython?: string;
  readonly yanked?: boolean;
  /** Text served at `.metadata`; undefined: the index has none. */
  readonly metadata?: string;
}

interface IndexOptions {
  readonly wheels: readonly ServedWheel[];
  readonly format?: "json" | "html";
  readonly ranges?: boolean;
  /** `user:password` that every request must bring. */
  readonly login?: string;
  readonly status?: number;
}

/** A package index on this machine, by the simple API (PEP 503, 658, 691, 700). */
export class IndexServer {
  /** Paths, in order; with the range that was asked for. */
  readonly asked: string[] = [];
  port = 0;
  readonly #server: Server;
  readonly #options: IndexOptions;

  private constructor(options: IndexOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(options: IndexOptions): Promise<IndexServer> {
    const res = new IndexServer(options);
    await new Promise<void>((resolve) => {
      res.#server.listen(0, "127.0.0.1", resolve);
    });
    res.port = (res.#server.address() as AddressInfo).port;
    return res;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/simple`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // Proxies are asked with the whole address.
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const { login, status } = this.#options;
    this.asked.push(`${path}${request.headers.range === undefined ? "" : ` ${request.headers.range}`}`);
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    const file = decodeURIComponent(/^\/files\/([^/]+)$/.exec(path)?.[1] ?? "");
    const described = this.#options.wheels.find((it) => `${it.name}.metadata` === file)?.metadata;
    const wheel = this.#options.wheels.find((it) => it.name === file);
    if (wanted !== undefined && request.headers.authorization !== wanted) end(response, 401, "");
    else if (status !== undefined) end(response, status, "");
    else if (project !== undefined) this.#listing(project, response);
    else if (described !== undefined) end(response, 200, described);
    else if (wheel !== undefined) this.#file(wheel.content, request, response);
    else end(response, 404, "");
  }

  #listing(project: string, response: ServerResponse): void {
    const own = this.#options.wheels.filter(
      (it) =>
        it.name
          .split("-")[0]
          ?.replace(/[-_.]+/g, "-")
          .toLowerCase() === project,
    );
    if (own.length === 0) {
      end(response, 404, "");
      return;
    }
    if (this.#options.format === "html") {
      const anchors = own.map(
        ({ name, requiresPython, yanked }) =>
          `<a href="../../files/${name}#sha256=0" ${requiresPython === undefined ? "" : `data-requires-python="${requiresPython.replace("<", "&lt;").replace(">", "&gt;")}"`}${yanked === true ? ' data-yanked=""' : ""}>${name}</a><br/>`,
      );
      end(response, 200, `<!DOCTYPE html><html><body>${anchors.join("\n")}</body></html>`, "text/html");
      return;
    }
    const files = own.map(({ name, content, requiresPython, yanked, metadata }) => ({
      filename: name,
      url: `../../files/${name}`,
      size: content.length,
      hashes: {},
      yanked: yanked === true,
      "core-metadata": metadata !== undefined,
      ...(requiresPython === undefined ? {} : { "requires-python": requiresPython }),
    }));
    end(
      response,
      200,
      JSON.stringify({ meta: { "api-version": "1.1" }, name: project, files }),
      "application/vnd.pypi.simple.v1+json",
    );
  }

  #file(content: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
    if (range === null || this.#options.ranges === false) {
      response.writeHead(200, { "content-length": content.length });
      response.end(request.method === "HEAD" ? undefined : content);
      return;
    }
    const [, first = "", last = ""] = range;
    const from = first === "" ? Math.max(0, content.length - Number(last)) : Number(first);
    const to = first === "" || last === "" ? content.length - 1 : Math.min(Number(last), content.length - 1);
    response.writeHead(206, {
      "content-range": `bytes ${from}-${to}/${content.length}`,
      "content-length": to - from + 1,
    });
    response.end(content.subarray(from, to + 1));
  }
}

function end(response: ServerResponse, status: number, body: string, type = "text/plain"): void {
  response.writeHead(status, { "content-type": type });
  response.end(body);
}

/** A wheel of these files; `requires` are PEP 508 texts. */
export function wheelWith(
  name: string,
  version: string,
  files: Readonly<Record<string, number>>,
  { requires = [], tag = "py3-none-any" }: { requires?: readonly string[]; tag?: string } = {},
): ServedWheel {
  const notes = `${name}-${version}.dist-info`;
  const metadata = [
    "Metadata-Version: 2.1",
    `Name: ${name}`,
    `Version: ${version}`,
    ...requires.map((it) => `Requires-Dist: ${it}`),
    "",
    "About it.",
  ].join("\n");
  const content = zipSync(
    {
      // Nothing that a packer could make smaller: sizes in the archive say little of sizes on the disk.
      ...Object.fromEntries(
        Object.entries(files).map(([path, size]) => [
          path,
          Uint8Array.from({ length: size }, (_, at) => (at * 7_919 + size) >> 3),
        ]),
      ),
      [`${notes}/WHEEL`]: Buffer.from(`Wheel-Version: 1.0\nTag: ${tag}\n`),
      [`${notes}/METADATA`]: Buffer.from(metadata),
      [`${notes}/RECORD`]: Buffer.from(""),
    },
    { level: 6 },
  );
  return { name: `${name}-${version}-${tag}.whl`, content, metadata };
}
