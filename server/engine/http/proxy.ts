/** Which proxy stands between this machine and an address: the editor's settings, else the usual variables. */

/** VS Code's `http.*` settings, or the same from elsewhere. */
export interface ProxySettings {
  /** Address of the proxy; empty: what the variables say. */
  readonly proxy: string;
  /** Value of the header `Proxy-Authorization`; empty: what the address has. */
  readonly authorization: string;
  /** Hosts that are reached directly, beside those of `NO_PROXY`. */
  readonly exceptions: readonly string[];
  /** False: no proxy at all (`http.proxySupport` is `off`). */
  readonly enabled: boolean;
  /** False: certificates are not checked (`http.proxyStrictSSL`). */
  readonly strict: boolean;
  /** Whether the authorities that the system trusts are believed (`http.systemCertificates`). */
  readonly systemCertificates: boolean;
}

export const noProxySettings: ProxySettings = {
  proxy: "",
  authorization: "",
  exceptions: [],
  enabled: true,
  strict: true,
  systemCertificates: true,
};

/** Undefined: directly. */
export function proxyFor(
  address: URL,
  settings: ProxySettings,
  variables: NodeJS.ProcessEnv,
): string | undefined {
  if (!settings.enabled) return undefined;
  const variable = (name: string): string => variables[name] ?? variables[name.toUpperCase()] ?? "";
  const exceptions = [...settings.exceptions, ...variable("no_proxy").split(/[\s,]+/)];
  if (exceptions.some((it) => covers(it, address))) return undefined;
  // HTTP_PROXY in capitals can be set by whoever calls a CGI program, so curl reads only the small one.
  const own = address.protocol === "https:" ? variable("https_proxy") : (variables["http_proxy"] ?? "");
  const named = [settings.proxy, own, variable("all_proxy"), variables["HTTP_PROXY"] ?? ""].find(
    (it) => it !== "",
  );
  if (named === undefined) return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  // SOCKS is another protocol; going around it is not what its user wants.
  return URL.canParse(whole) ? whole : undefined;
}

/** `host`, `.domain`, `host:port`, `*`: a name covers what ends with it. */
function covers(exception: string, { hostname, port, protocol }: URL): boolean {
  const [, name = "", at] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(exception.trim().toLowerCase()) ?? [];
  if (exception.trim() === "*") return true;
  if (name === "") return false;
  const ownPort = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const host = hostname.replace(/^\[|\]$/g, "");
  return (at === undefined || at === ownPort) && (host === name || host.endsWith(`.${name}`));
}
