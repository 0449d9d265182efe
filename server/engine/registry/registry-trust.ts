import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContext } from "node:tls";
import { dockerFolder, homeOf } from "../daemon/endpoint.ts";
import { authorityFiles, type ClientCertificate, trustIn } from "../http/authorities.ts";
import { regularText } from "../regular-file.ts";

/**
 * What Docker's or Podman's folders hold for a registry's address (`certs.d/HOST:PORT`): authorities by which it is known
 * beside the system's (`*.crt`), and the certificate by which it knows its user (`NAME.cert` with `NAME.key`), of which,
 * as in Docker, any name will do.
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
  const files = (
    await Promise.all(
      folders.map(async (folder) =>
        (await readdir(folder).catch(() => [])).sort().map((it) => join(folder, it)),
      ),
    )
  ).flat();
  const authorities = files.filter((it) => it.endsWith(".crt"));
  return trustIn([...authorityFiles(environment), ...authorities], true, await clientCertificate(files));
}

/** The first that is whole: the user's own folders come before the machine's. */
async function clientCertificate(files: readonly string[]): Promise<ClientCertificate | undefined> {
  for (const path of files) {
    if (!path.endsWith(".cert")) continue;
    const [cert, key] = await Promise.all(
      [path, path.replace(/cert$/, "key")].map((it) => regularText(it).catch(() => "")),
    );
    if (cert && key) return { cert, key, path };
  }
  return undefined;
}
