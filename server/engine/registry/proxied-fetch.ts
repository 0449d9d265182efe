import { type Agent, type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { Readable } from "node:stream";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { proxyFor } from "./proxy.ts";

/** What a registry is asked with. */
export interface FetchOptions {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** A form. */
  readonly body?: URLSearchParams;
}

/** As `fetch`, by way of the proxies that the environment names, which `fetch` itself does not know. */
export type Fetch = (address: string | URL, options?: FetchOptions) => Promise<Response>;

const mostRedirects = 20;

export function proxiedFetch(environment: NodeJS.ProcessEnv): Fetch {
  const agents = new Map<string, Agent>();
  const agentFor = (url: URL): Agent | undefined => {
    const proxy = proxyFor(url, environment);
    if (proxy === undefined) return undefined;
    if (!URL.canParse(proxy))
      throw new Error(`${proxy}, which the environment names as proxy, is no address`);
    const key = `${url.protocol} ${proxy}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const agent = url.protocol === "https:" ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy);
    agents.set(key, agent);
    return agent;
  };
  return async (address, options = {}) => {
    let url = new URL(address);
    let { headers = {} } = options;
    for (let turn = 0; ; turn += 1) {
      const agent = agentFor(url);
      if (agent === undefined) return fetch(url, { ...options, headers });
      const answer = await through(agent, url, { ...options, headers });
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

function through(agent: Agent, url: URL, options: FetchOptions): Promise<IncomingMessage> {
  const { method = "GET", headers, body } = options;
  const form = body?.toString();
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? secureRequest : plainRequest)(url, {
      agent,
      method,
      headers: {
        "User-Agent": "plimsoll",
        ...(form !== undefined && { "Content-Type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
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
