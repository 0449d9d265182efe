import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { configOf, entriesOf, tarOf } from "../core/support/saved-image.ts";
import { plimsoll } from "./support/command-line.ts";
import { folderWith } from "./support/places.ts";

const words = [
  "req",
  "-x509",
  "-newkey",
  "rsa:2048",
  "-nodes",
  "-batch",
  "-addext",
  "subjectAltName=IP:127.0.0.1",
];

function certificate(folder: string, name: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  execFileSync("openssl", [...words, "-subj", `/CN=${name}`, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  return { cert, key };
}

it("is shown to a registry that asks for it, from the folder that Docker keeps it in", async () => {
  const folder = await folderWith();
  const [server, user, stranger] = ["server", "user", "stranger"].map((it) => certificate(folder, it));
  if (server === undefined || user === undefined || stranger === undefined)
    throw new Error("no certificates");
  const layer = await tarOf(entriesOf(`a=${"a".repeat(5_000)}`));
  const config = configOf([layer]);
  const digestOf = (of: Buffer): string => `sha256:${createHash("sha256").update(of).digest("hex")}`;
  const described = (of: Buffer) => ({ digest: digestOf(of), size: of.length });
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: described(config), layers: [described(layer)] }),
  );
  const contents = new Map([
    ["/v2/team/app/manifests/1", manifest],
    ...[layer, config].map((of) => [`/v2/team/app/blobs/${digestOf(of)}`, of] as const),
  ]);
  const registry = createServer(
    {
      cert: await readFile(server.cert),
      key: await readFile(server.key),
      ca: await readFile(user.cert),
      requestCert: true,
    },
    (request, response) => {
      const content = contents.get(request.url ?? "");
      response.writeHead(content === undefined ? 404 : 200).end(content);
    },
  );
  await new Promise<void>((resolve) => {
    registry.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void registry.close());
  const address = `127.0.0.1:${(registry.address() as AddressInfo).port}`;

  const asks = async (name: string, client?: { readonly cert: string; readonly key: string }) => {
    const home = join(folder, name);
    const trusted = join(home, ".docker", "certs.d", address);
    await mkdir(trusted, { recursive: true });
    await copyFile(server.cert, join(trusted, "ca.crt"));
    // Half of one is passed by.
    await writeFile(join(trusted, "another.cert"), "");
    if (client !== undefined) {
      await copyFile(client.cert, join(trusted, "client.cert"));
      await copyFile(client.key, join(trusted, "client.key"));
    }
    return plimsoll(folder, ["analyze", "--registry", `${address}/team/app:1`, "--format", "json"], {
      HOME: home,
      DOCKER_CONFIG: "",
    });
  };
  const { code, out, err } = await asks("known", user);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({ bytes: { layers: 5_000 } });
  for (const ended of [await asks("nobody"), await asks("stranger", stranger)]) {
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.err).toMatch(/^plimsoll: .+ cannot be reached: .+\n$/);
  }
  await writeFile(join(folder, "broken.pem"), "no certificate");
  const broken = await asks("broken", { cert: join(folder, "broken.pem"), key: user.key });
  expect(broken).toMatchObject({ code: 2, out: "" });
});
