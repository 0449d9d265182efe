import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { AnalyzeResult } from "../../protocol/requests.ts";
import { configOf, digestOf, entriesOf, tarOf } from "../core/support/saved-image.ts";
import { Editor } from "./support/editor.ts";

/** No such host exists: only what stands between can answer for it. */
const registry = "registry.invalid:5000";
const noVariables = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((it) => [
    [it, ""],
    [it.toLowerCase(), ""],
  ]),
);

interface Asked {
  readonly address: string;
  readonly login: string | undefined;
}

/** A proxy that answers by itself, as a registry that holds one image. */
async function answeringProxy(): Promise<{ readonly address: string; readonly asked: readonly Asked[] }> {
  const layer = await tarOf(entriesOf(`a=${"a".repeat(5_000)}`));
  const config = configOf([layer]);
  const described = (it: Buffer) => ({ digest: `sha256:${digestOf(it)}`, size: it.length });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: described(config), layers: [described(layer)] }),
  );
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        { ...described(config), platform: { os: "linux", architecture: "s390x" } },
        { ...described(manifest), platform: { os: "linux", architecture } },
      ],
    }),
  );
  const foreign = {
    mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ...described(Buffer.from("its maker's")),
  };
  const foreignConfig = configOf([Buffer.from("its maker's"), layer]);
  const foreignManifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: described(foreignConfig),
      layers: [foreign, described(layer)],
    }),
  );
  const contents = new Map([
    ["/v2/team/app/manifests/foreign", foreignManifest],
    [`/v2/team/app/manifests/sha256:${digestOf(foreignManifest)}`, foreignManifest],
    ["/v2/team/app/manifests/1", manifest],
    ["/v2/team/app/manifests/many", index],
    [`/v2/team/app/manifests/sha256:${digestOf(manifest)}`, manifest],
    ...[layer, config, foreignConfig].map((it) => [`/v2/team/app/blobs/sha256:${digestOf(it)}`, it] as const),
  ]);
  const asked: Asked[] = [];
  const proxy = createServer((request, response) => {
    asked.push({ address: request.url ?? "", login: request.headers["proxy-authorization"] });
    const { host, pathname } = new URL(request.url ?? "");
    const content = host === registry ? contents.get(pathname) : undefined;
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  proxy.on("connect", (request, socket) => {
    asked.push({ address: request.url ?? "", login: request.headers["proxy-authorization"] });
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void proxy.close());
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

const analyze = async (
  http: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<AnalyzeResult> => opened(await started(http, environment), "1");

const opened = (editor: Editor, tag: string): Promise<AnalyzeResult> =>
  editor.request<AnalyzeResult>("plimsoll/analyze", {
    generation: 1,
    target: { kind: "registry", reference: `${registry}/team/app:${tag}` },
  });

async function started(
  http: object | null,
  environment: Readonly<Record<string, string>>,
  storage?: string,
): Promise<Editor> {
  const editor = await Editor.start({
    initializationOptions: { storage },
    capabilities: { workspace: { configuration: true } },
    configuration: { registry: { enabled: true, insecure: [registry] } },
    http,
    environment: { ...noVariables, ...environment },
  });
  await editor.until(() => editor.asked.find((it) => it === "workspace/configuration"));
  await editor.settle();
  return editor;
}

describe("a registry in the editor", () => {
  it("is asked through the editor's proxy where the environment names none", async () => {
    const { address, asked } = await answeringProxy();
    const result = await analyze({ proxy: address, proxyAuthorization: "Basic bWU6aXQ=" });
    expect(result).toMatchObject({ ok: true, picture: { root: { bytes: 5_000 } } });
    expect(asked.map((it) => it.address)).toContain(`http://${registry}/v2/team/app/manifests/1`);
    // Encryption is tried first, and the proxy knows its user each time.
    expect(asked[0]?.address).toBe(registry);
    expect(new Set(asked.map((it) => it.login))).toEqual(new Set(["Basic bWU6aXQ="]));
  });

  it.each(["1", "many"])(
    "is asked for the manifest alone when an unchanged image is opened again: %s",
    async (tag) => {
      const { address, asked } = await answeringProxy();
      const storage = mkdtempSync(join(tmpdir(), "plimsoll-registry-"));
      onTestFinished(() => rmSync(storage, { recursive: true, force: true }));
      const editor = await started({ proxy: address }, {}, storage);
      const first = await opened(editor, tag);
      expect(first).toMatchObject({ ok: true });
      const before = asked.length;
      expect(await opened(editor, tag)).toEqual(first);
      const since = asked.slice(before).map((it) => it.address);
      expect(since).toEqual([registry, `http://${registry}/v2/team/app/manifests/${tag}`]);
    },
  );

  it("is not asked for a foreign layer, and that is told", async () => {
    const { address } = await answeringProxy();
    const editor = await started({ proxy: address }, {});
    expect(await opened(editor, "foreign")).toMatchObject({
      ok: true,
      picture: {
        root: { bytes: 5_000 },
        facts: {
          troubles: [expect.stringMatching(/: a foreign layer, which only its maker hands out: not read$/)],
        },
      },
    });
  });

  it("is let go of while it still thinks about the manifest", async () => {
    let isAsked = (): void => {};
    let isClosed = (): void => {};
    const [asked, closed] = [
      new Promise<void>((resolve) => {
        isAsked = resolve;
      }),
      new Promise<void>((resolve) => {
        isClosed = resolve;
      }),
    ];
    const silent = createServer((request) => {
      request.socket.on("close", isClosed);
      isAsked();
    });
    await new Promise<void>((resolve) => {
      silent.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => void silent.close());
    const storage = mkdtempSync(join(tmpdir(), "plimsoll-registry-"));
    onTestFinished(() => rmSync(storage, { recursive: true, force: true }));
    const editor = await started(null, {}, storage);
    const stop = new CancellationTokenSource();
    const reference = `127.0.0.1:${(silent.address() as AddressInfo).port}/team/app:1`;
    const params = { generation: 1, target: { kind: "registry", reference } };
    const running = editor.connection.sendRequest<AnalyzeResult>("plimsoll/analyze", params, stop.token);
    await asked;
    stop.cancel();
    expect(await running).toMatchObject({ ok: false, problem: { message: "The analysis was canceled." } });
    await closed;
  });

  it.each([
    ["the environment names another", {}, (it: string) => ({ HTTP_PROXY: it, HTTPS_PROXY: it })],
    ["support for proxies is off", { proxySupport: "off" }, () => ({})],
    ["the editor spares the host", { noProxy: ["registry.invalid"] }, () => ({})],
    ["the environment spares the host", {}, () => ({ NO_PROXY: "registry.invalid" })],
  ])("is not asked through it where %s", async (_, http, environment) => {
    const [own, other] = [await answeringProxy(), await answeringProxy()];
    const variables: Readonly<Record<string, string>> = environment(other.address);
    const result = await analyze({ proxy: own.address, ...http }, variables);
    expect(result.ok).toBe("HTTP_PROXY" in variables);
    expect(own.asked).toEqual([]);
  });
});
