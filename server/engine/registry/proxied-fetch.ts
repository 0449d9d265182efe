import { type Agent, type IncomingMessage, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { Readable } from "node:stream";
import type { SecureContext } from "node:tls";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { ProxySettings } from "../http/proxy.ts";
import { proxyFor } from "./proxy.ts";
import { registryTrust } from "./registry-trust.ts";

/** What a registry is asked with. */
export interface FetchOptions {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** A form. */
  readonly body?: URLSearchParams;
}

/**
 * As `fetch`, by way of the proxies that the environment or the editor names, and with the authorities that the system
 * trusts: `fetch` itself knows neither.
 */
export type Fetch = (address: string | URL, options?: FetchOptions) => Promise<Response>;

/** How a server is reached. */
interface Way {
  readonly agent?: Agent;
  readonly secureContext?: SecureContext;
  readonly rejectUnauthorized?: boolean;
}

const mostRedirects = 20;
/** Milliseconds without a byte. */
const patience = 120_000;

export function proxiedFetch(
  environment: NodeJS.ProcessEnv,
  editor: ProxySettings,
  signal: AbortSignal | undefined,
): Fetch {
  const ways = new Map<string, Promise<Way>>();
  const wayTo = (url: URL): Promise<Way> => {
    const known = ways.get(url.origin);
    if (known !== undefined) return known;
    const res = find(url, environment, editor);
    ways.set(url.origin, res);
    return res;
  };
  return async (address, options = {}) => {
    let url = new URL(address);
    let { headers = {} } = options;
    for (let turn = 0; ; turn += 1) {
      const answer = await ask(await wayTo(url), url, { ...options, headers }, signal);
      const { location } = answer.headers;
      const status = answer.statusCode ?? 0;
      const redirects = [301, 302, 303, 307, 308].includes(status) && location !== undefined;
      if (!redirects || options.method === "POST") return responseOf(answer);
      answer.destroy();
      if (turn >= mostRedirects) throw new Error("redirects without end");
      const next = new URL(location, url);
      // As fetch does: the login is for the registry, not for the store that it points to.
      if (next.origin !== url.origin) {
        const { Authorization: _, ...others } = headers;
        headers = others;
      }
      url = next;
    }
  };
}

async function find(url: URL, environment: NodeJS.ProcessEnv, editor: ProxySettings): Promise<Way> {
  const isSecure = url.protocol === "https:";
  const secureContext = isSecure ? await registryTrust(url.host, environment) : undefined;
  const trusted = secureContext === undefined ? {} : { secureContext };
  const proxy = proxyFor(url, environment, editor);
  // Connections are kept, and one that was made in other trust is none of ours.
  if (proxy === undefined) return isSecure ? { agent: new SecureAgent({ keepAlive: true, ...trusted }) } : {};
  const { address, from } = proxy;
  if (!URL.canParse(address)) throw new Error(`the proxy of ${from}, ${address}, is no address`);
  const isEditors = from === "the editor";
  const { authorization, strict } = editor;
  const headers = isEditors && authorization !== "" ? { "Proxy-Authorization": authorization } : {};
  // A proxy that opens what is encrypted is one that its user has told the editor to believe.
  const trust = isEditors && !strict ? { rejectUnauthorized: false } : trusted;
  const agent = new (isSecure ? HttpsProxyAgent : HttpProxyAgent)(address, { headers, ...trust });
  return { agent, ...trust };
}

function ask(
  way: Way,
  url: URL,
  options: FetchOptions,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { method = "GET", headers, body } = options;
  const form = body?.toString();
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? secureRequest : plainRequest)(url, {
      ...way,
      ...(signal && { signal }),
      method,
      timeout: patience,
      headers: {
        "User-Agent": "plimsoll",
        ...(form !== undefined && { "Content-Type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
    });
    request.on("timeout", () => request.destroy(new Error("nothing came for two minutes")));
    // Else its refusal would look like the registry's answer.
    request.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      if (statusCode !== 200) request.destroy(new Error(`the proxy answered with status ${statusCode}`));
    });
    request.on("response", resolve);
    request.on("error", reject);
    request.end(form);
  });
}

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const it of [value].flat()) if (it !== undefined) headers.append(name, it);
  }
  const hasBody = status !== 204 && status !== 304;
  if (!hasBody) message.resume();
  return new Response(hasBody ? (Readable.toWeb(message) as ReadableStream) : null, { status, headers });
}
