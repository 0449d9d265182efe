import { type Agent, type IncomingMessage, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { SecureContext } from "node:tls";
import { createGunzip } from "node:zlib";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { authorityFiles, trustIn } from "./authorities.ts";
import { type ProxySettings, proxyFor } from "./proxy.ts";

/** Trouble on the way to a server, as a sentence's end: "HOST …". No address with a login is ever part of it. */
export class HttpError extends Error {}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Empty where the body was not wanted. */
  readonly body: Buffer;
  /** After redirects. */
  readonly url: string;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Value of `Authorization`; it goes to the address's own host and nowhere else. */
  readonly authorization?: string | undefined;
  /** Bytes of the body, unpacked; more is refused. */
  readonly limit: number;
  /** By status: whether the body is read. */
  readonly wants?: (status: number) => boolean;
  readonly signal: AbortSignal;
}

const patience = 20_000;
const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** GETs through proxies, with bounds on time and length. */
export class HttpClient {
  readonly #settings: ProxySettings;
  readonly #variables: NodeJS.ProcessEnv;
  readonly #agents = new Map<string, Agent>();
  #trust: Promise<SecureContext | undefined> | undefined;
  #direct: SecureAgent | undefined;

  constructor(settings: ProxySettings, variables: NodeJS.ProcessEnv) {
    this.#settings = settings;
    this.#variables = variables;
  }

  async get(address: string, options: GetOptions): Promise<Answer> {
    let url = new URL(address);
    const { origin } = url;
    for (let turn = 0; ; turn += 1) {
      const answer = await this.#once(
        url,
        url.origin === origin ? options : { ...options, authorization: undefined },
      );
      const { location } = answer.headers;
      if (!redirects.has(answer.status) || location === undefined) return answer;
      if (turn >= mostRedirects || !URL.canParse(location, url.href))
        throw new HttpError("redirects without end");
      const next = new URL(location, url);
      if (next.protocol !== "https:" && next.protocol !== url.protocol) {
        throw new HttpError("redirects to a place without TLS");
      }
      url = next;
    }
  }

  async #once(url: URL, options: GetOptions): Promise<Answer> {
    const isSecure = url.protocol === "https:";
    const secureContext = isSecure ? await this.#trusted() : undefined;
    const agent = this.#agentFor(url) ?? (isSecure ? this.#directAgent() : undefined);
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown): void =>
        reject(cause instanceof HttpError ? cause : new HttpError(reasonOf(cause)));
      const request = (isSecure ? secureRequest : plainRequest)(
        url,
        {
          method: "GET",
          headers: {
            "Accept-Encoding": "gzip",
            "User-Agent": "plimsoll",
            ...options.headers,
            ...(options.authorization === undefined ? {} : { Authorization: options.authorization }),
          },
          ...(agent && { agent }),
          ...(secureContext && { secureContext }),
          rejectUnauthorized: this.#settings.strict,
          signal: AbortSignal.any([options.signal, AbortSignal.timeout(patience * 3)]),
          timeout: patience,
        },
        (message) => {
          const { statusCode: status = 0, headers } = message;
          const wanted = options.wants?.(status) ?? (status >= 200 && status < 300);
          if (!wanted) {
            message.destroy();
            resolve({ status, headers, body: Buffer.alloc(0), url: url.href });
            return;
          }
          bodyOf(message, options.limit).then(
            (body) => resolve({ status, headers, body, url: url.href }),
            fail,
          );
        },
      );
      // Else its refusal would look like the server's answer.
      request.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
        if (statusCode !== 200)
          request.destroy(
            new HttpError(`cannot be reached: the proxy before it answered with status ${statusCode}`),
          );
      });
      request.on("timeout", () => request.destroy(new HttpError("does not answer")));
      request.on("error", fail);
      request.end();
    });
  }

  #agentFor(url: URL): Agent | undefined {
    const proxy = proxyFor(url, this.#settings, this.#variables);
    if (proxy === undefined) return undefined;
    const key = `${url.protocol} ${proxy}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const { authorization } = this.#settings;
    const headers = authorization === "" ? {} : { "Proxy-Authorization": authorization };
    const Kind = url.protocol === "https:" ? HttpsProxyAgent : HttpProxyAgent;
    const agent = new Kind(proxy, { headers });
    this.#agents.set(key, agent);
    return agent;
  }

  #trusted(): Promise<SecureContext | undefined> {
    this.#trust ??= trustIn(authorityFiles(this.#variables), this.#settings.systemCertificates);
    return this.#trust;
  }

  /** Connections are kept, and one that was made in other trust is none of ours. */
  #directAgent(): SecureAgent {
    this.#direct ??= new SecureAgent({ keepAlive: true });
    return this.#direct;
  }
}

async function bodyOf(message: IncomingMessage, limit: number): Promise<Buffer> {
  const packed = message.headers["content-encoding"] === "gzip";
  const source = packed ? message.pipe(createGunzip()) : message;
  if (packed) message.on("error", (cause) => source.destroy(cause));
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > limit) {
      message.destroy();
      throw new HttpError("sends more than is expected");
    }
    pieces.push(piece);
  }
  if (!message.complete) throw new HttpError("broke off");
  return Buffer.concat(pieces);
}

/** Messages of Node name the host and the port at most. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "cannot be reached";
  if (cause.name === "TimeoutError") return "does not answer";
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return code === "" ? "cannot be reached" : `cannot be reached (${code})`;
}
