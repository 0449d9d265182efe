import { isIP } from "node:net";
import { proxyFor as editorsProxy, type ProxySettings } from "../http/proxy.ts";

export interface FoundProxy {
  readonly address: string;
  readonly from: "the environment" | "the editor";
}

/**
 * The proxy that an address is asked through, as Docker's own command finds it (Go's `httpproxy`): HTTPS_PROXY or
 * HTTP_PROXY by the address's scheme, and NO_PROXY with hosts, domains, addresses, ranges and ports. Where the environment
 * names none, the editor's. This machine is never asked through one. Undefined: none.
 */
export function proxyFor(
  address: URL,
  environment: NodeJS.ProcessEnv,
  editor: ProxySettings,
): FoundProxy | undefined {
  const named = (name: string): string => environment[name] || environment[name.toLowerCase()] || "";
  const host = address.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return undefined;
  const port = address.port || (address.protocol === "https:" ? "443" : "80");
  const isSpared = named("NO_PROXY")
    .split(/[\s,]+/)
    .filter((it) => it !== "")
    .some((it) => isSparedBy(it.toLowerCase(), host, port));
  if (isSpared) return undefined;
  const proxy = named(address.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy !== "")
    return { address: proxy.includes("://") ? proxy : `http://${proxy}`, from: "the environment" };
  const own = editorsProxy(address, editor, {});
  return own === undefined ? undefined : { address: own, from: "the editor" };
}

function isSparedBy(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  const range = /^([^/]+)\/(\d{1,3})$/.exec(rule);
  if (range !== null) return isInRange(host, range[1] ?? "", Number(range[2]));
  const [, named = rule, itsPort] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(rule) ?? [];
  if (itsPort !== undefined && itsPort !== port) return false;
  const name = named.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
  if (isIP(name) !== 0) return host === name;
  // With a leading dot only what lies below a domain is meant.
  return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function isInRange(host: string, base: string, bits: number): boolean {
  if (isIP(host) !== 4 || isIP(base) !== 4 || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(numberOf(host) / size) === Math.floor(numberOf(base) / size);
}

const numberOf = (address: string): number =>
  address.split(".").reduce((sum, it) => sum * 256 + Number(it), 0);
