import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createPrivateKey, createSign } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { AnalyzeResult } from "../../protocol/requests.ts";
import { plimsoll } from "../built/support/command-line.ts";
import { Editor } from "../built/support/editor.ts";

const host = inject("dockerHost");
const image = "plimsoll-test-base:1";
/** bcrypt of "s3cret", as htpasswd writes it. */
const htpasswd = "someone:$2y$05$NFFfUcnFn/rMGbYfAtzgh.PZIodsx8zJAgazKw5Y90v6YC3jHIjY6\n";

let folder = "";
/** Address of each registry; all serve the same storage. */
let [plain, guarded, tokened] = ["", "", ""];
const children: ChildProcess[] = [];
const servers: Server[] = [];

const file = (path: string, text: string, mode = 0o644): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

const docker = (...words: string[]): string =>
  execFileSync("/usr/bin/docker", ["-H", host, ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

/** A home in which nobody has logged in, unless `config` says so. */
function home(name: string, config: object = {}): Record<string, string> {
  const res = join(folder, name);
  file(join(res, ".docker", "config.json"), JSON.stringify(config));
  return {
    HOME: res,
    DOCKER_CONFIG: "",
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    DOCKER_HOST: "unix:///nowhere",
  };
}

const login = (user: string, password: string): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString("base64"),
});

const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    servers.push(server);
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

async function startRegistry(name: string, auth: string, tls = ""): Promise<string> {
  // The registry cannot choose a port by itself.
  const probe = createServer();
  const address = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  const config = `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(folder, "storage")}}}\nhttp: {addr: "${address}"${tls}}\n${auth}`;
  const child = spawn("docker-registry", ["serve", file(join(folder, `${name}.yml`), config)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (it: string) => {
    said += it;
  });
  children.push(child);
  for (let tries = 0; !(await answers(`http://${address}/v2/`)); tries += 1) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`docker-registry did not start:\n${said}`);
    await wait(100);
  }
  return address;
}

const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    () => true,
    () => false,
  );

/** A token server as registries name one: it gives whoever knows the password a token to pull with. */
async function startTokenServer(): Promise<string> {
  const [key, cert] = [join(folder, "token-key.pem"), join(folder, "token-cert.pem")];
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-subj", "/CN=tokens"];
  execFileSync("openssl", [...words, "-keyout", key, "-out", cert], { stdio: ["ignore", "ignore", "pipe"] });
  const certificate = readFileSync(cert, "utf8").replace(/-----[^-]+-----|\s/g, "");
  const signer = createPrivateKey(readFileSync(key));
  const part = (it: object): string => Buffer.from(JSON.stringify(it)).toString("base64url");
  const reply = (request: IncomingMessage, body: string, answer: ServerResponse): void => {
    const form = new URLSearchParams(body);
    const known =
      request.headers.authorization === `Basic ${login("someone", "s3cret").auth}` ||
      form.get("refresh_token") === "refresh-me";
    if (!known) {
      answer.writeHead(401).end("{}");
      return;
    }
    const now = Math.floor(Date.now() / 1000);
    const access = [{ type: "repository", name: "team/base", actions: ["pull"] }];
    const claims = {
      iss: "tests",
      sub: "someone",
      aud: "registry",
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: "1",
      access,
    };
    const text = `${part({ typ: "JWT", alg: "RS256", x5c: [certificate] })}.${part(claims)}`;
    const signature = createSign("RSA-SHA256").update(text).sign(signer).toString("base64url");
    answer.end(JSON.stringify({ token: `${text}.${signature}` }));
  };
  const server = createServer((request, answer) => {
    let body = "";
    request.on("data", (it: Buffer) => {
      body += it.toString();
    });
    request.on("end", () => reply(request, body, answer));
  });
  const address = await listening(server);
  return `auth: {token: {realm: "http://${address}/token", service: registry, issuer: tests, rootcertbundle: ${cert}}}\n`;
}

/** Before a registry: `spoil` may change what it answers to a blob's GET. */
function before(
  address: string,
  spoil: (body: Buffer, request: IncomingMessage, answer: ServerResponse) => void,
): Promise<string> {
  return listening(
    createServer((request, answer) => {
      const range = request.headers.range;
      const headers = { accept: request.headers.accept ?? "*/*", ...(range === undefined ? {} : { range }) };
      void fetch(`http://${address}${request.url}`, { headers }).then(async (it) => {
        const body = Buffer.from(await it.arrayBuffer());
        for (const name of ["content-type", "content-range"]) {
          const value = it.headers.get(name);
          if (value !== null) answer.setHeader(name, value);
        }
        answer.statusCode = it.status;
        if (request.url?.includes("/blobs/") === true && body.length > 50_000) spoil(body, request, answer);
        else answer.end(body);
      });
    }),
  );
}

const analyze = (reference: string, environment: Record<string, string>, ...words: string[]) =>
  plimsoll(folder, ["analyze", "--registry", reference, "--format", "json", ...words], environment);

async function fails(
  reference: string,
  environment: Record<string, string>,
  ...words: string[]
): Promise<string> {
  const { code, out, err } = await analyze(reference, environment, ...words);
  expect({ code, out, lines: err.split("\n").length, err }).toEqual({ code: 2, out: "", lines: 2, err });
  return err;
}

describe.skipIf(host === "")("a registry", () => {
  let truth: { bytes: object; layers: { bytes: number; diffId: string }[] };

  const works = async (
    reference: string,
    environment: Record<string, string>,
    ...words: string[]
  ): Promise<void> => {
    const { code, out, err } = await analyze(reference, environment, ...words);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const found = JSON.parse(out) as typeof truth;
    expect(found).toMatchObject({ image: { source: "registry" }, bytes: truth.bytes, troubles: [] });
    expect(found.layers.map((it) => [it.diffId, it.bytes])).toEqual(
      truth.layers.map((it) => [it.diffId, it.bytes]),
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-registry-"));
    const { out } = await plimsoll(folder, ["analyze", image, "--format", "json"], { DOCKER_HOST: host });
    truth = JSON.parse(out) as typeof truth;
    const users = file(join(folder, "users"), htpasswd);
    plain = await startRegistry("plain", "");
    guarded = await startRegistry("guarded", `auth: {htpasswd: {realm: here, path: ${users}}}\n`);
    tokened = await startRegistry("tokened", await startTokenServer());
    docker("tag", image, `${plain}/team/base:1`);
    docker("push", "-q", `${plain}/team/base:1`);
    docker("rmi", `${plain}/team/base:1`);
  });
  afterAll(() => {
    for (const it of children) it.kill();
    for (const it of servers) it.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("gives the same image as the engine, nothing pulled, and only when asked", async () => {
    await works(`${plain}/team/base:1`, home("nobody"));
    await works(`docker://${plain}/team/base:1`, home("nobody"));
    expect(docker("images", "-q", `${plain}/team/base`)).toBe("");
    const { err } = await plimsoll(folder, ["analyze", `${plain}/team/base:1`], home("nobody"));
    expect(err).toMatch(/No Docker engine answers/);
  });

  it("is asked with the stored login, basic or by token", async () => {
    expect(await fails(`${guarded}/team/base:1`, home("nobody"))).toMatch(
      /wants a login: docker login 127\.0\.0\.1/,
    );
    expect(await fails(`${tokened}/team/base:1`, home("nobody"))).toMatch(
      /wants a login: docker login 127\.0\.0\.1/,
    );
    const known = home("known", {
      auths: {
        [guarded]: login("someone", "s3cret"),
        [`https://${tokened}/v1/`]: login("someone", "s3cret"),
      },
    });
    await works(`${guarded}/team/base:1`, known);
    await works(`${tokened}/team/base:1`, known);
    await works(
      `${tokened}/team/base:1`,
      home("refreshing", { auths: { [tokened]: { identitytoken: "refresh-me" } } }),
    );
    const wrong = home("wrong", {
      auths: { [tokened]: login("someone", "else"), [guarded]: login("someone", "else") },
    });
    expect(await fails(`${tokened}/team/base:1`, wrong)).toMatch(/does not accept the stored login/);
    expect(await fails(`${guarded}/team/base:1`, wrong)).toMatch(
      /does not let this user read it: docker login/,
    );
  });

  it("is asked with what a credential helper gives", async () => {
    const helper = `#!/bin/sh\nread server\n[ "$1 $server" = "get ${guarded}" ] || { echo "credentials not found in native keychain"; exit 1; }\necho '{"ServerURL":"x","Username":"someone","Secret":"s3cret"}'\n`;
    file(join(folder, "bin", "docker-credential-test"), helper, 0o755);
    await works(`${guarded}/team/base:1`, home("store", { credsStore: "test" }));
    await works(`${guarded}/team/base:1`, home("helper", { credHelpers: { [guarded]: "test" } }));
    await works(`${plain}/team/base:1`, home("store", { credsStore: "test" }));
    expect(await fails(`${guarded}/team/base:1`, home("no-helper", { credsStore: "absent" }))).toMatch(
      /docker-credential-absent could not be started/,
    );
  });

  it("is believed by the authority that Docker's folder holds for its address", async () => {
    const [key, cert] = [join(folder, "tls-key.pem"), join(folder, "tls-cert.pem")];
    const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-batch", "-subj", "/CN=here"];
    const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
    execFileSync("openssl", [...words, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const secured = await startRegistry("secured", "", `, tls: {certificate: ${cert}, key: ${key}}`);
    const believing = home("believing");
    file(join(folder, "believing", ".docker", "certs.d", secured, "ca.crt"), readFileSync(cert, "utf8"));
    await works(`${secured}/team/base:1`, believing);
    await works(`${secured}/team/base:1`, { ...home("told"), SSL_CERT_FILE: cert });
    await fails(`${secured}/team/base:1`, home("nobody"));
  });

  it("has a platform of several", async () => {
    const at = `http://${plain}/v2/team/base/manifests`;
    const type = "application/vnd.docker.distribution.manifest.v2+json";
    const one = await fetch(`${at}/1`, { headers: { accept: type } });
    const size = (await one.arrayBuffer()).byteLength;
    const digest = one.headers.get("docker-content-digest");
    const platform = (os: string, architecture: string) => ({
      mediaType: type,
      digest,
      size,
      platform: { os, architecture },
    });
    const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
    const manifests = [
      platform("unknown", "unknown"),
      platform("linux", "s390x"),
      platform("linux", "riscv64"),
    ];
    const put = await fetch(`${at}/many`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
    });
    expect(put.status).toBe(201);
    await works(`${plain}/team/base:many`, home("nobody"), "--platform", "linux/s390x");
    await works(`${plain}/team/base@${digest}`, home("nobody"));
    expect(await fails(`${plain}/team/base:many`, home("nobody"), "--platform", "linux/mips")).toMatch(
      /has no linux\/mips of it; there are linux\/s390x, linux\/riscv64\.\n$/,
    );
  });

  it("goes on where a transfer broke off, and holds every layer to its digest", async () => {
    const asked: (string | undefined)[] = [];
    const breaking = await before(plain, (body, request, answer) => {
      asked.push(request.headers.range);
      answer.setHeader("content-length", body.length);
      answer.write(body.subarray(0, 300_000), () => {
        if (body.length > 300_000) answer.destroy();
        else answer.end();
      });
    });
    await works(`${breaking}/team/base:1`, home("nobody"));
    expect(asked.slice(0, 2)).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    const lying = await before(plain, (body, _, answer) => {
      body.writeUInt8(body.readUInt8(body.length - 20) ^ 1, body.length - 20);
      answer.end(body);
    });
    expect(await fails(`${lying}/team/base:1`, home("nobody"))).toMatch(/sent something else than sha256:/);
  });

  it("is not asked again in the editor for layers that were read, of this image or another", async () => {
    const asked: string[] = [];
    const counting = await listening(
      createServer((request, answer) => {
        asked.push(request.url ?? "");
        void fetch(`http://${plain}${request.url}`, {
          headers: { accept: request.headers.accept ?? "*/*" },
        }).then(async (it) => {
          answer.setHeader("content-type", it.headers.get("content-type") ?? "");
          answer.writeHead(it.status).end(Buffer.from(await it.arrayBuffer()));
        });
      }),
    );
    writeFileSync(join(folder, "Dockerfile"), `FROM ${image}\nRUN head -c 5000 /dev/zero > /more\n`);
    docker("build", "--network=host", "-t", `${plain}/team/base:2`, folder);
    docker("push", "-q", `${plain}/team/base:2`);
    docker("rmi", `${plain}/team/base:2`);
    const editor = await Editor.start({
      folder,
      initializationOptions: {
        plimsoll: { registry: { enabled: true } },
        storage: join(folder, "editor-storage"),
      },
    });
    const sizes = async (tag: string): Promise<(number | undefined)[]> => {
      const target = { kind: "registry", reference: `${counting}/team/base:${tag}` };
      const params = { generation: 1, target };
      const result = await editor.request<AnalyzeResult>("plimsoll/analyze", params);
      if (!result.ok) throw new Error(result.problem.message);
      return (result.picture.root.children ?? []).map((it) => it.bytes);
    };
    const blobs = (): number => asked.filter((it) => it.includes("/blobs/")).length;
    const base = truth.layers.map((it) => it.bytes);
    expect(await sizes("1")).toEqual(base);
    // The config and each layer.
    expect(blobs()).toBe(1 + base.length);
    expect(await sizes("2")).toEqual([...base, 5_000]);
    expect(blobs()).toBe(1 + base.length + 2);
    // What is unchanged is known by its manifest.
    asked.length = 0;
    expect(await sizes("2")).toEqual([...base, 5_000]);
    expect(asked).toEqual(["/v2/team/base/manifests/2"]);
  });

  it("is let go of when the user cancels: the connection is closed", async () => {
    let isClosed = (): void => {};
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve;
    });
    const held = await before(plain, (body, request, answer) => {
      request.socket.on("close", isClosed);
      answer.write(body.subarray(0, 50_000));
    });
    const initializationOptions = { plimsoll: { registry: { enabled: true } } };
    const editor = await Editor.start({ folder, initializationOptions });
    const stop = new CancellationTokenSource();
    const params = { generation: 1, target: { kind: "registry", reference: `${held}/team/base:1` } };
    const running = editor.connection.sendRequest<AnalyzeResult>("plimsoll/analyze", params, stop.token);
    await new Promise((resolve) => editor.connection.onNotification("plimsoll/analysisProgress", resolve));
    stop.cancel();
    expect(await running).toMatchObject({ ok: false, problem: { message: "The analysis was canceled." } });
    await closed;
  });

  it("has the base's layers apart where the annotations name a base of the same registry", async () => {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${image}\nRUN head -c 7000 /dev/zero > /mine\n`);
    docker("build", "--network=host", "-t", `${plain}/team/mine:1`, folder);
    docker("push", "-q", `${plain}/team/mine:1`);
    docker("rmi", `${plain}/team/mine:1`);
    const accept = "application/vnd.docker.distribution.manifest.v2+json";
    const at = (path: string): string => `http://${plain}/v2/team/${path}`;
    const base = await fetch(at("base/manifests/1"), { headers: { accept } });
    const digest = base.headers.get("docker-content-digest");
    const manifest = (await (await fetch(at("mine/manifests/1"), { headers: { accept } })).json()) as {
      config: object;
      layers: object[];
    };
    const oci = "application/vnd.oci.image";
    const write = async (tag: string, name: string, its: string | null): Promise<void> => {
      const body = JSON.stringify({
        schemaVersion: 2,
        mediaType: `${oci}.manifest.v1+json`,
        config: { ...manifest.config, mediaType: `${oci}.config.v1+json` },
        layers: manifest.layers.map((it) => ({ ...it, mediaType: `${oci}.layer.v1.tar+gzip` })),
        annotations: {
          "org.opencontainers.image.base.name": name,
          "org.opencontainers.image.base.digest": its,
        },
      });
      const headers = { "content-type": `${oci}.manifest.v1+json` };
      expect((await fetch(at(`mine/manifests/${tag}`), { method: "PUT", headers, body })).status).toBe(201);
    };
    const basesOf = async (tag: string): Promise<(boolean | null)[]> => {
      const { code, out, err } = await analyze(`${plain}/team/mine:${tag}`, home("nobody"));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { layers } = JSON.parse(out) as { layers: { base: boolean | null }[] };
      return layers.map((it) => it.base);
    };
    await write("named", `${plain}/team/base:1`, digest);
    expect(await basesOf("named")).toEqual([...truth.layers.map(() => true), false]);
    // Neither a base that is not there nor another registry is anyone's word.
    await write("gone", `${plain}/team/base:1`, `sha256:${"0".repeat(64)}`);
    await write("elsewhere", "registry.example/team/base:1", digest);
    for (const it of ["gone", "elsewhere"]) {
      expect(await basesOf(it)).toEqual([...truth.layers, 0].map(() => null));
    }
  });

  it("is asked through the proxy that the environment names", async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, from: Socket) => {
      asked.push(request.url ?? "");
      const [host = "", port = "0"] = plain.split(":");
      const to = connect({ host, port: Number(port) }, () => from.write("HTTP/1.1 200 OK\r\n\r\n"));
      for (const it of [from, to]) it.on("error", () => {});
      from.pipe(to).pipe(from);
    });
    // Without TLS a proxy is asked for the whole address.
    proxy.on("request", (request, response) => {
      const { host, pathname, search } = new URL(request.url ?? "");
      asked.push(host);
      const { method, headers } = request;
      const onward = httpRequest(`http://${plain}${pathname}${search}`, { method, headers }, (it) => {
        response.writeHead(it.statusCode ?? 500, it.headers);
        it.pipe(response);
      });
      request.pipe(onward);
    });
    const address = `http://${await listening(proxy)}`;
    const far = `registry.test:${plain.split(":")[1]}`;
    const by = { ...home("nobody"), HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: "other.test" };
    await works(`${far}/team/base:1`, by, "--plain-http");
    expect(new Set(asked)).toEqual(new Set([far]));
    const before = asked.length;
    expect(await fails(`${far}/team/base:1`, { ...by, NO_PROXY: ".test" }, "--plain-http")).toMatch(
      /cannot be reached/,
    );
    await works(`${plain}/team/base:1`, by);
    expect(asked).toHaveLength(before);
    expect(await fails(`${far}/team/base:1`, { ...by, HTTPS_PROXY: "http://127.0.0.1:1" })).toMatch(
      /cannot be reached/,
    );
  });

  it("says in one sentence what is wrong", async () => {
    expect(await fails(`${plain}/team/base:1`, home("nobody"), "--platform", "linux/mips")).toMatch(
      /has no linux\/mips of it; there is linux\/amd64\.\n$/,
    );
    expect(await fails(`${plain}/team/nothing:1`, home("nobody"))).toMatch(/does not have this image/);
    expect(await fails("127.0.0.1:1/team/base:1", home("nobody"))).toMatch(/cannot be reached/);
    expect(await fails("Not A Reference", home("nobody"))).toMatch(/is no reference of an image/);
  });
});
