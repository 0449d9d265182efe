import type { Dispatcher } from "undici";
import { proxyFor } from "./proxy.ts";

/** As `fetch`, by way of the proxies that the environment names, which `fetch` itself does not know. */
export type Fetch = (address: string | URL, options?: RequestInit) => Promise<Response>;

export function proxiedFetch(environment: NodeJS.ProcessEnv): Fetch {
  const agents = new Map<string, Dispatcher>();
  return async (address, options = {}) => {
    const proxy = proxyFor(new URL(address), environment);
    if (proxy === undefined) return fetch(address, options);
    if (!URL.canParse(proxy))
      throw new Error(`${proxy}, which the environment names as proxy, is no address`);
    const undici = await import("undici");
    const agent = agents.get(proxy) ?? new undici.ProxyAgent(proxy);
    agents.set(proxy, agent);
    return undici.fetch(address, { ...options, dispatcher: agent });
  };
}
