import type Docker from "dockerode";
import type { ImageSummary, Problem } from "../../../protocol/requests.ts";
import { engineProblem } from "./problems.ts";

const defaultSocket = "/var/run/docker.sock";

/** An engine, and how people know it. */
export interface Engine {
  readonly docker: Docker;
  readonly address: string;
}

export type Opened =
  | { readonly ok: true; readonly engine: Engine }
  | { readonly ok: false; readonly problem: Problem };

/**
 * `host`: an address as in DOCKER_HOST; empty: DOCKER_HOST, else the standard socket. dockerode is a third of the
 * server's code, so it is loaded with the first engine.
 */
export async function openEngine(host: string, environment: NodeJS.ProcessEnv): Promise<Opened> {
  const { default: Docker } = await import("dockerode");
  const address = host || environment["DOCKER_HOST"] || `unix://${defaultSocket}`;
  const refused = (why: string): Opened => ({
    ok: false,
    problem: { message: `The Docker host ${address} ${why}`, retry: false, setting: "plimsoll.engine.host" },
  });
  const socket =
    /^(?:unix:\/\/|npipe:\/\/)(.+)$/.exec(address)?.[1] ?? (address.startsWith("/") ? address : undefined);
  if (socket !== undefined)
    return { ok: true, engine: { docker: new Docker({ socketPath: socket }), address } };
  const match = /^(tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(address);
  if (match?.[2] !== undefined) {
    if (environment["DOCKER_TLS_VERIFY"] !== undefined && environment["DOCKER_TLS_VERIFY"] !== "") {
      return refused("asks for TLS, which is not supported yet; use a socket, or a tunnel to one.");
    }
    const docker = new Docker({
      protocol: "http",
      host: match[2].replace(/^\[|\]$/g, ""),
      port: Number(match[3] ?? 2375),
    });
    return { ok: true, engine: { docker, address } };
  }
  return address.startsWith("ssh:")
    ? refused("is reached by ssh, which is not supported yet; forward its socket and name that instead.")
    : refused("is no address of an engine; write unix:///path/to/docker.sock or tcp://host:port.");
}

export type Listed =
  | { readonly ok: true; readonly images: readonly ImageSummary[]; readonly engine: string }
  | { readonly ok: false; readonly problem: Problem };

/** Newest first; images without a name by their id. */
export async function listImages(host: string, environment: NodeJS.ProcessEnv): Promise<Listed> {
  const opened = await openEngine(host, environment);
  if (!opened.ok) return opened;
  const { docker, address } = opened.engine;
  try {
    const found = await docker.listImages();
    const images = found.flatMap((it): ImageSummary[] => {
      const names = (it.RepoTags ?? []).filter((name) => name !== "<none>:<none>");
      return (names.length === 0 ? [it.Id] : names).map((reference) => ({
        reference,
        id: it.Id,
        bytes: it.Size,
        created: it.Created,
      }));
    });
    return { ok: true, images: images.sort((a, b) => b.created - a.created), engine: address };
  } catch (cause) {
    return { ok: false, problem: engineProblem(cause, address, undefined) };
  }
}
