import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { IndexServer, type ServedWheel, wheelWith } from "../support/index-server.ts";
import { plimsoll } from "./support/command-line.ts";
import { Editor } from "./support/editor.ts";
import { folderWith } from "./support/places.ts";

async function serving(options: Partial<Parameters<typeof IndexServer.start>[0]> = {}): Promise<IndexServer> {
  const server = await IndexServer.start({ wheels, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** None of this machine's own configuration, and no proxy. */
const plain = {
  HOME: "/nonexistent",
  XDG_CONFIG_HOME: "/nonexistent",
  PIP_INDEX_URL: "",
  PIP_EXTRA_INDEX_URL: "",
  PIP_CONFIG_FILE: "/dev/null",
  UV_INDEX_URL: "",
  UV_DEFAULT_INDEX: "",
  UV_INDEX: "",
  UV_EXTRA_INDEX_URL: "",
  http_proxy: "",
  HTTP_PROXY: "",
  all_proxy: "",
  ALL_PROXY: "",
  no_proxy: "",
  NO_PROXY: "",
};

const many = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, at) => [`big_ours/module_with_a_long_name_${at}.py`, 500]),
);
const wheels: readonly ServedWheel[] = [
  wheelWith("ours", "1.0", { "ours/__init__.py": 5_000 }),
  wheelWith(
    "ours",
    "1.2",
    { "ours/__init__.py": 9_000 },
    { requires: ["big-ours>=1", "gone; extra == 'x'"] },
  ),
  { ...wheelWith("ours", "1.3", { "ours/__init__.py": 1 }), requiresPython: ">=3.99" },
  { ...wheelWith("ours", "1.4", { "ours/__init__.py": 1 }), yanked: true },
  wheelWith("ours", "2.0rc1", { "ours/__init__.py": 1 }),
  wheelWith(
    "big_ours",
    "3.1",
    { ...many, "big_ours/native.so": 900_000 },
    { tag: "cp312-cp312-manylinux_2_17_x86_64" },
  ),
  wheelWith("big_ours", "3.1", { "big_ours/native.so": 7 }, { tag: "cp312-cp312-musllinux_1_2_x86_64" }),
  wheelWith("big_ours", "3.1", { "big_ours/native.so": 7 }, { tag: "cp312-cp312-win_amd64" }),
];
/** No such host exists: only a proxy can answer for it. */
const invalid = "http://index.invalid/simple";
const project = '[project]\nname = "app"\nversion = "1"\ndependencies = ["ours"]\n';

interface Report {
  readonly packages: readonly { readonly name: string; readonly version: string; readonly bytes: Known }[];
}
type Known = { readonly kind: string; readonly low: number; readonly high: number; readonly basis: string };

/** A proxy to which every address is the server at `port`. */
async function proxyBefore(port: number): Promise<{ address: string; proxied: readonly string[] }> {
  const proxied: string[] = [];
  const proxy = createServer(async (request, response) => {
    proxied.push(request.url ?? "");
    const { pathname } = new URL(request.url ?? "");
    const { range } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${port}${pathname}`, {
      headers: { accept: "application/json", ...(range === undefined ? {} : { range }) },
    });
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "",
      "content-range": answer.headers.get("content-range") ?? "",
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void proxy.close());
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, proxied };
}

async function weighed(
  folder: string,
  index: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Report["packages"]> {
  const { code, out, err } = await plimsoll(folder, ["weigh", "--format", "json", "--package-index", index], {
    ...plain,
    ...environment,
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return (JSON.parse(out) as Report).packages;
}

describe("a package index on the command line", () => {
  it.each(["json", "html"] as const)(
    "gives versions, what they need, and exact bytes (%s)",
    async (format) => {
      const server = await serving({ format });
      const found = await weighed(await folderWith({ "pyproject.toml": project }), server.url);
      expect(found.map((it) => `${it.name} ${it.version}`)).toEqual(["big-ours 3.1", "ours 1.2"]);
      const [big] = found;
      expect(big?.bytes.basis).toContain("directory of big_ours-3.1-cp312-cp312-manylinux_2_17_x86_64.whl");
      // 2,000 modules of 500 bytes, one library, the notes, which the installer writes anew.
      expect(big?.bytes.low).toBeGreaterThan(1_895_000);
      expect(big?.bytes.high).toBeLessThan(1_910_000);
    },
  );

  it("is asked for ranges of a wheel, never for all of it", async () => {
    const server = await serving();
    await weighed(await folderWith({ "pyproject.toml": project }), server.url);
    const files = server.asked.filter((it) => it.startsWith("/files/"));
    expect(files.filter((it) => !/\.metadata$| bytes=/.test(it))).toEqual([]);
    // The directory of 2,000 modules is longer than what is asked for first.
    expect(files.filter((it) => it.includes("manylinux"))).toHaveLength(2);
    expect(files.filter((it) => /win|musl/.test(it))).toEqual([]);
  });

  it("tells by the wheel's length where its host knows no ranges", async () => {
    const server = await serving({ ranges: false });
    const found = await weighed(await folderWith({ "pyproject.toml": project }), server.url);
    expect(found[0]?.bytes.basis).toMatch(/wheel of the package index times the usual ratio/);
  });

  it("chooses the wheel of the image's libc", async () => {
    const server = await serving();
    const folder = await folderWith({
      "pyproject.toml": project,
      Dockerfile: "FROM python:3.12-alpine\nCOPY . .\nRUN pip install .\n",
    });
    const found = await weighed(folder, server.url);
    expect(found.find((it) => it.name === "big-ours")?.bytes.high).toBeLessThan(6_000);
  });

  it("reads the wheels that a lock names at their addresses", async () => {
    const server = await serving();
    const url = `http://127.0.0.1:${server.port}/files/big_ours-3.1-cp312-cp312-manylinux_2_17_x86_64.whl`;
    const lock = `version = 1\n[[package]]\nname = "app"\nsource = { virtual = "." }\ndependencies = [{ name = "big-ours" }]\n[[package]]\nname = "big-ours"\nversion = "3.1"\nsource = { registry = "${server.url}" }\nwheels = [{ url = "${url}" }]\n`;
    const folder = await folderWith({
      "pyproject.toml": project.replace("ours", "big-ours"),
      "uv.lock": lock,
    });
    const [big] = await weighed(folder, "configured");
    expect(big?.bytes.low).toBeGreaterThan(1_895_000);
    expect(server.asked.filter((it) => it.startsWith("/simple/"))).toEqual([]);
  });

  it.each([
    ["pyproject.toml", (url: string) => `${project}\n[[tool.uv.index]]\nurl = "${url}"\ndefault = true\n`],
    ["uv.toml", (url: string) => `index-url = "${url}"\n`],
    ["requirements.txt", (url: string) => `--index-url ${url}/\nours\n`],
  ])("is found in %s", async (name, text) => {
    const server = await serving();
    const files: Record<string, string> = name === "requirements.txt" ? {} : { "pyproject.toml": project };
    const folder = await folderWith({ ...files, [name]: text(server.url) });
    expect(await weighed(folder, "configured")).toHaveLength(2);
  });

  it("is found in the user's configuration of pip, and in variables", async () => {
    const server = await serving();
    const folder = await folderWith({
      "pyproject.toml": project,
      "home/pip.conf": `[global]\nindex-url = ${server.url}\n`,
    });
    expect(
      await weighed(folder, "configured", { PIP_CONFIG_FILE: join(folder, "home/pip.conf") }),
    ).toHaveLength(2);
    expect(await weighed(folder, "configured", { UV_DEFAULT_INDEX: server.url })).toHaveLength(2);
  });

  it("is reached through the proxy of the variables", async () => {
    const server = await serving();
    const folder = await folderWith({ "pyproject.toml": project });
    const { address, proxied } = await proxyBefore(server.port);
    expect(await weighed(folder, invalid, { http_proxy: address })).toHaveLength(2);
    expect(proxied[0]).toBe("http://index.invalid/simple/ours/");
  });

  it("is logged into, and its login is never shown", async () => {
    const server = await serving({ login: "me:s3cret" });
    const folder = await folderWith({
      "pyproject.toml": project,
      netrc: "machine 127.0.0.1 login me password s3cret\n",
    });
    expect(await weighed(folder, server.url, { NETRC: join(folder, "netrc") })).toHaveLength(2);
    expect(await weighed(folder, server.url.replace("//", "//me:s3cret@"))).toHaveLength(2);
    const wrong = server.url.replace("//", "//me:wr0ng@");
    const { code, out, err } = await plimsoll(folder, ["weigh", "--package-index", wrong], plain);
    expect(code).toBe(2);
    expect(err).toBe(
      `plimsoll: The package index 127.0.0.1:${server.port} does not let this user read it.\n`,
    );
    expect(out + err).not.toContain("wr0ng");
  });

  it("says in one line when it cannot be reached, and weighs without it", async () => {
    const folder = await folderWith({ "pyproject.toml": project });
    const closed = await serving();
    await closed.close();
    const { code, out, err } = await plimsoll(folder, ["weigh", "--package-index", closed.url], plain);
    expect({ code, err }).toEqual({
      code: 2,
      err: `plimsoll: The package index 127.0.0.1:${new URL(closed.url).port} cannot be reached (ECONNREFUSED).\n`,
    });
    expect(out).toContain("ours");
  });

  it.each([
    [["weigh", "--package-index", "ftp://x"], "takes an http(s) address"],
    [["check", "--package-index", "me:secret@x"], "takes an http(s) address"],
  ])("refuses %j without repeating it", async (words, message) => {
    const { code, err } = await plimsoll(await folderWith({ "pyproject.toml": project }), words, plain);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain("secret");
  });

  it("names nothing and asks nobody where no index is configured", async () => {
    const folder = await folderWith({ "pyproject.toml": project });
    const { err } = await plimsoll(folder, ["weigh", "--package-index", "configured"], plain);
    expect(err).toMatch(/^plimsoll: No package index is known/);
  });
});

describe("a package index in the editor", () => {
  const hintsOf = (editor: Editor, uri: string) =>
    editor.request<{ label: string }[]>("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
    });
  /** As soon as the index has told. */
  const knownHints = async (editor: Editor, uri: string): Promise<readonly string[]> => {
    for (;;) {
      const before = editor.asked.length;
      const labels = (await hintsOf(editor, uri)).map((it) => it.label);
      if (labels.some((it) => /1\.9\d MB/.test(it))) return labels;
      await editor.until(() => editor.asked.slice(before).find((it) => it === "workspace/inlayHint/refresh"));
    }
  };
  const options = { workspace: { configuration: true, inlayHint: { refreshSupport: true } } };

  it("is asked in the background where a setting allows it", async () => {
    const server = await serving();
    const folder = await folderWith({ "pyproject.toml": project });
    const configuration = { packageIndex: { enabled: true, url: server.url } };
    const editor = await Editor.start({ folder, capabilities: options, configuration });
    const { uri } = await editor.open(pathToFileURL(join(folder, "pyproject.toml")).href, project, "toml");
    expect(await knownHints(editor, uri)).not.toEqual([]);
  });

  it("is reached through the editor's proxy before that of the variables", async () => {
    const server = await serving();
    const { address, proxied } = await proxyBefore(server.port);
    const folder = await folderWith({ "pyproject.toml": project });
    const editor = await Editor.start({
      folder,
      capabilities: options,
      configuration: { packageIndex: { enabled: true, url: invalid } },
      http: { proxy: address },
      environment: { no_proxy: "", NO_PROXY: "", http_proxy: "http://127.0.0.1:1" },
    });
    const { uri } = await editor.open(pathToFileURL(join(folder, "pyproject.toml")).href, project, "toml");
    expect(await knownHints(editor, uri)).not.toEqual([]);
    expect(proxied[0]).toBe(`${invalid}/ours/`);
  });

  it.each([
    ["without the setting", false, true],
    ["in a workspace without trust", true, false],
  ])("is not asked %s", async (_, enabled, trusted) => {
    const server = await serving();
    const folder = await folderWith({
      "pyproject.toml": `${project}[[tool.uv.index]]\nurl = "${server.url}"\n`,
    });
    const editor = await Editor.start({
      folder,
      capabilities: options,
      configuration: { packageIndex: { enabled, url: server.url } },
      initializationOptions: { trusted },
    });
    const { uri } = await editor.open(pathToFileURL(join(folder, "pyproject.toml")).href, project, "toml");
    await editor.publish(uri, 1);
    await editor.settle();
    expect(await hintsOf(editor, uri)).toEqual([]);
    expect(server.asked).toEqual([]);
    if (trusted) return;
    await editor.notify("plimsoll/trusted", {});
    expect(await knownHints(editor, uri)).not.toEqual([]);
    expect(server.asked[0]).toBe("/simple/ours/");
  });
});
