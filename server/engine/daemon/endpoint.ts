import { homedir } from "node:os";
import { join } from "node:path";
import { regularFile } from "../regular-file.ts";

export interface TlsMaterial {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  /** Whether the engine's certificate must be one that `ca` signed. */
  readonly verifies: boolean;
}

/** A way to an engine. */
export type Endpoint =
  /** A Unix socket or a Windows pipe. */
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly tls: TlsMaterial | undefined;
    }
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly user: string | undefined;
      readonly port: string | undefined;
      /** The engine's socket on that host; undefined: what `docker` there takes. */
      readonly socket: string | undefined;
    };

/** An address as in DOCKER_HOST; undefined: it is none. */
export function endpointOf(address: string, tls: TlsMaterial | undefined): Endpoint | undefined {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1] ?? (/^\/|^\\\\/.test(address) ? address : "");
  if (socket !== "") return { kind: "socket", path: socket };
  const tcp = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/@]+)(?::(\d{1,5}))?\/?$/.exec(address);
  if (tcp?.[2] !== undefined) {
    const secured = tls ?? (tcp[1] === "https" ? systemTrust : undefined);
    const port = Number(tcp[3] ?? (secured === undefined ? 2375 : 2376));
    return port > 65_535
      ? undefined
      : { kind: "tcp", host: tcp[2].replace(/^\[|\]$/g, ""), port, tls: secured };
  }
  const ssh = /^ssh:\/\/(?:([^@/]+)@)?(\[[^\]]+\]|[^:/@]+)(?::(\d{1,5}))?(\/.*)?$/.exec(address);
  if (ssh?.[2] === undefined) return undefined;
  const host = ssh[2].replace(/^\[|\]$/g, "");
  // ssh would take a leading dash for an option.
  if (host.startsWith("-") || ssh[1]?.startsWith("-") === true) return undefined;
  const path = ssh[4] === "/" ? undefined : ssh[4];
  return { kind: "ssh", host, user: ssh[1], port: ssh[3], socket: path };
}

const systemTrust: TlsMaterial = { ca: undefined, cert: undefined, key: undefined, verifies: true };

/** DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH as the docker command reads them. */
export async function tlsFromEnvironment(environment: NodeJS.ProcessEnv): Promise<TlsMaterial | undefined> {
  const verifies = (environment["DOCKER_TLS_VERIFY"] ?? "") !== "";
  if (!verifies && (environment["DOCKER_TLS"] ?? "") === "") return undefined;
  const folder = environment["DOCKER_CERT_PATH"] || dockerFolder(environment);
  return tlsIn(folder, verifies);
}

export async function tlsIn(folder: string, verifies: boolean): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => regularFile(join(folder, name)).catch(() => undefined)),
  );
  return { ca, cert, key, verifies };
}

/** Where Docker's command keeps its configuration. */
export const dockerFolder = (environment: NodeJS.ProcessEnv): string =>
  environment["DOCKER_CONFIG"] || join(homeOf(environment), ".docker");

export const homeOf = (environment: NodeJS.ProcessEnv): string =>
  environment["HOME"] || environment["USERPROFILE"] || homedir();
