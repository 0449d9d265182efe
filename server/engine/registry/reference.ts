/** An image of a registry, as people write it: `[host[:port]/]name[:tag][@digest]`. */
export interface Reference {
  /** As written, without a scheme before it. */
  readonly shown: string;
  /** Key of the registry in Docker's configuration. */
  readonly host: string;
  /** Where the registry's API is. */
  readonly address: string;
  readonly repository: string;
  /** A tag, or a digest where one is written. */
  readonly version: string;
}

const name = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const digest = /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/;

/** Undefined: it is none. */
export function referenceOf(text: string): Reference | undefined {
  const shown = text.trim().replace(/^docker:\/\//, "");
  const at = shown.indexOf("@");
  const [named, pinned] = at === -1 ? [shown, undefined] : [shown.slice(0, at), shown.slice(at + 1)];
  if (pinned !== undefined && !digest.test(pinned)) return undefined;
  const slash = named.indexOf("/");
  const first = slash === -1 ? "" : named.slice(0, slash);
  // As Docker decides: what has a dot or a port, or is localhost, is a host and no part of the name.
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = isHost ? first : "docker.io";
  if (!/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.test(host)) return undefined;
  const rest = isHost ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(":");
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? "latest" : rest.slice(colon + 1);
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) return undefined;
  if (!path.split("/").every((it) => name.test(it))) return undefined;
  const isHub = host === "docker.io" || host === "index.docker.io";
  return {
    shown,
    host: isHub ? "https://index.docker.io/v1/" : host,
    address: isHub ? "registry-1.docker.io" : host,
    repository: isHub && !path.includes("/") ? `library/${path}` : path,
    version: pinned ?? tag,
  };
}
