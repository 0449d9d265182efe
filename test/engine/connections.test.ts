import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, get } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";

const host = inject("dockerHost");
const socket = host.replace("unix://", "");
const image = "plimsoll-test-base:1";

let folder = "";
const servers: Server[] = [];

/** A home of its own: nothing of the machine's user decides. */
const home = (name: string): Record<string, string> => {
  const res = join(folder, name);
  mkdirSync(join(res, ".docker"), { recursive: true });
  return { HOME: res, XDG_RUNTIME_DIR: res, DOCKER_HOST: "", DOCKER_CONTEXT: "", DOCKER_CONFIG: "" };
};

const file = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** A context as `docker context create` writes it. */
function context(name: string, address: string, at: Record<string, string>): string {
  const contexts = join(at["HOME"] ?? "", ".docker", "contexts");
  const id = createHash("sha256").update(name).digest("hex");
  const docker = { Host: address, SkipTLSVerify: false };
  file(
    join(contexts, "meta", id, "meta.json"),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }),
  );
  return join(contexts, "tls", id, "docker");
}

const pipe = (from: Socket): void => {
  const to = connect({ path: socket });
  for (const it of [from, to]) it.on("error", () => {});
  from.pipe(to).pipe(from);
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

/** Something that answers every path alike. */
const answering = (body: unknown): Promise<number> =>
  listening(createHttpServer((_, answer) => answer.end(JSON.stringify(body))));

const analyze = (environment: Record<string, string>) =>
  plimsoll(folder, ["analyze", image, "--format", "json"], environment);

async function works(environment: Record<string, string>): Promise<void> {
  const { code, out, err } = await analyze(environment);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({ image: { reference: image, source: "docker" } });
}

async function fails(environment: Record<string, string>): Promise<string> {
  const { code, out, err } = await analyze(environment);
  expect({ code, out, lines: err.split("\n").length }).toEqual({ code: 2, out: "", lines: 2 });
  return err;
}

describe.skipIf(host === "")("the way to an engine", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-ways-"));
  });
  afterAll(() => {
    for (const it of servers) it.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the current docker context, DOCKER_CONTEXT before it, DOCKER_HOST before both", async () => {
    const at = home("contexts");
    context("here", host, at);
    context("gone", "unix:///nowhere/docker.sock", at);
    file(join(at["HOME"] ?? "", ".docker", "config.json"), JSON.stringify({ currentContext: "gone" }));
    expect(await fails(at)).toMatch(
      /^plimsoll: No Docker engine answers at unix:\/\/\/nowhere\/docker\.sock: it was chosen by the docker context "gone" \(docker context use \(gone\)\); start it, or name another engine with DOCKER_HOST or docker context use\.\n$/,
    );
    await works({ ...at, DOCKER_CONTEXT: "here" });
    await works({ ...at, DOCKER_CONTEXT: "gone", DOCKER_HOST: host });
    expect(await fails({ ...at, DOCKER_CONTEXT: "absent" })).toMatch(
      /no docker context "absent", which DOCKER_CONTEXT names/,
    );
  });

  it("is a usual socket when nothing names one", async () => {
    const at = home("usual");
    symlinkSync(socket, join(at["HOME"] ?? "", "docker.sock"));
    await works(at);
  });

  it("is TCP, and TLS with the user's certificates", async () => {
    await works({ ...home("tcp"), DOCKER_HOST: `tcp://127.0.0.1:${await listening(createServer(pipe))}` });

    const certificates = join(folder, "certificates");
    mkdirSync(certificates);
    const openssl = (...words: string[]) =>
      execFileSync("openssl", words, { cwd: certificates, stdio: ["ignore", "ignore", "pipe"] });
    const plain = ["-newkey", "rsa:2048", "-nodes", "-batch", "-subj"];
    openssl("req", "-x509", ...plain, "/CN=ca", "-keyout", "ca-key.pem", "-out", "ca.pem");
    for (const [name, extension] of [
      ["server", "subjectAltName=IP:127.0.0.1"],
      ["", "extendedKeyUsage=clientAuth"],
    ] as const) {
      const [key, cert] = name === "" ? ["key.pem", "cert.pem"] : [`${name}-key.pem`, `${name}-cert.pem`];
      openssl("req", ...plain, `/CN=${name || "client"}`, "-keyout", key, "-out", "request.pem");
      writeFileSync(join(certificates, "extension"), extension);
      const signed = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-extfile", "extension"];
      openssl("x509", "-req", "-in", "request.pem", ...signed, "-out", cert);
    }
    const read = (name: string): Buffer => readFileSync(join(certificates, name));
    const options = {
      cert: read("server-cert.pem"),
      key: read("server-key.pem"),
      ca: read("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const port = await listening(createTlsServer(options, pipe));
    const at = { ...home("tls"), DOCKER_HOST: `tcp://127.0.0.1:${port}` };
    await works({ ...at, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates });

    const byContext = home("tls-context");
    const material = context("far", `tcp://127.0.0.1:${port}`, byContext);
    for (const name of ["ca.pem", "cert.pem", "key.pem"]) {
      file(join(material, name), read(name).toString());
    }
    await works({ ...byContext, DOCKER_CONTEXT: "far" });
    // Without the authority's certificate nothing vouches for the engine.
    expect(await fails({ ...at, DOCKER_TLS_VERIFY: "1" })).toMatch(/chosen by DOCKER_HOST, is not trusted: /);
  });

  it("is the user's own ssh", async () => {
    const at = home("ssh");
    const bin = join(folder, "bin");
    // What ssh would do on the other side: run the words after the host's name.
    const script = `#!/bin/sh\nwhile [ "$1" != "--" ]; do shift; done\n[ "$2" = far ] || { echo "ssh: no route to $2" >&2; exit 255; }\nshift 2\nexec env DOCKER_HOST=${host} sh -c "$*"\n`;
    file(join(bin, "ssh"), script);
    chmodSync(join(bin, "ssh"), 0o755);
    const path = `${bin}:/usr/bin:/bin`;
    await works({ ...at, PATH: path, DOCKER_HOST: "ssh://me@far" });
    await works({ ...at, PATH: path, DOCKER_HOST: `ssh://far:22${socket}` });
    expect(await fails({ ...at, PATH: path, DOCKER_HOST: "ssh://near" })).toMatch(
      /The engine at ssh:\/\/near, chosen by DOCKER_HOST, cannot be used: ssh: no route to near; name another engine/,
    );
  });

  it.each([
    ["1.41", "1.12", "1.41"],
    ["1.43", "1.24", "1.43"],
    ["1.52", "1.44", "1.52"],
    // Newer than any that is known here.
    ["1.60", "1.44", "1.52"],
  ])("speaks the newest version that both know: %s down to %s", async (highest, lowest, spoken) => {
    const asked: { path: string; platform: string | null }[] = [];
    const engine = await listening(
      createHttpServer((request, answer) => {
        const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
        if (pathname === "/version") {
          answer.end(JSON.stringify({ ApiVersion: highest, MinAPIVersion: lowest }));
          return;
        }
        asked.push({ path: pathname, platform: searchParams.get("platform") });
        // The real engine is older than some: it is asked in its own version.
        const path = pathname.replace(/^\/v1\.\d+/, "/v1.41");
        get({ socketPath: socket, path }, (it) => {
          answer.writeHead(it.statusCode ?? 500, it.headers);
          it.pipe(answer);
        });
      }),
    );
    await works({ ...home("versions"), DOCKER_HOST: `tcp://127.0.0.1:${engine}` });
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.every(({ path }) => path.startsWith(`/v${spoken}/`))).toBe(true);
    // From 1.48 on an image's platform can be asked for.
    const transfer = asked.find(({ path }) => path.endsWith("/get"));
    expect(transfer?.platform ?? null).toBe(
      Number(spoken.slice(2)) < 48 ? null : JSON.stringify({ os: "linux", architecture: "amd64" }),
    );
  });

  it("says in one sentence what is wrong with it", async () => {
    const at = home("wrong");
    expect(await fails({ ...at, DOCKER_HOST: "what is this" })).toMatch(
      /chosen by DOCKER_HOST, is no address/,
    );
    expect(await fails({ ...at, DOCKER_HOST: "ssh://-oProxyCommand=x" })).toMatch(/is no address/);
    const old = await answering({ ApiVersion: "1.40", MinAPIVersion: "1.12" });
    expect(await fails({ ...at, DOCKER_HOST: `tcp://127.0.0.1:${old}` })).toMatch(
      /speaks version 1\.40 of the API, which is older than 1\.41: update it/,
    );
    const late = await answering({ ApiVersion: "1.90", MinAPIVersion: "1.80" });
    expect(await fails({ ...at, DOCKER_HOST: `tcp://127.0.0.1:${late}` })).toMatch(/update Plimsoll/);
    const other = await answering({ hello: "world" });
    expect(await fails({ ...at, DOCKER_HOST: `tcp://127.0.0.1:${other}` })).toMatch(/no Docker engine/);
  });
});
