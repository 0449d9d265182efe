import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContext } from "node:tls";
import { dockerFolder, homeOf } from "../daemon/endpoint.ts";
import { authorityFiles, trustIn } from "../http/authorities.ts";

/**
 * The authorities by which a registry is known: the system's, as for Docker, and those that Docker's or Podman's folders
 * hold for its address (`certs.d/HOST:PORT/*.crt`).
 */
export async function registryTrust(
  address: string,
  environment: NodeJS.ProcessEnv,
): Promise<SecureContext | undefined> {
  const home = homeOf(environment);
  const folders = [
    join(dockerFolder(environment), "certs.d"),
    join(home, ".config", "docker", "certs.d"),
    join(home, ".config", "containers", "certs.d"),
    "/etc/docker/certs.d",
    "/etc/containers/certs.d",
  ].map((it) => join(it, address));
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder).catch(() => []))
        .filter((it) => it.endsWith(".crt"))
        .map((it) => join(folder, it)),
    ),
  );
  return trustIn([...authorityFiles(environment), ...files.flat()], true);
}
