import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type {
  AnalysisProgressParams,
  AnalyzeResult,
  FirstPictureParams,
  Picture,
} from "../../protocol/requests.ts";
import type { TreeNode } from "../../protocol/tree.ts";
import { plimsoll } from "../built/support/command-line.ts";
import { Editor } from "../built/support/editor.ts";

const host = inject("dockerHost");
const image = "plimsoll-test-desk:1";
const dockerfile = `FROM plimsoll-test-base:1
ARG MODE=600
COPY data ./data
RUN head -c 300000 /dev/zero > /made
RUN chmod $MODE /made
CMD ["true"]
`;

let folder = "";
const docker = (buildkit: string, ...words: string[]): string =>
  execFileSync("/usr/bin/docker", ["-H", host, ...words], {
    encoding: "utf8",
    env: { ...process.env, DOCKER_BUILDKIT: buildkit },
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
  });

const layersOf = ({ root }: { root: TreeNode }): readonly TreeNode[] => root.children ?? [];

/** An engine in front of the real one, which the tests can hold, break and count. */
async function before(
  answer: (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    real: () => Promise<Buffer>,
  ) => void,
): Promise<{
  readonly host: string;
  readonly asked: string[];
  readonly closed: (path: string) => Promise<number>;
}> {
  const asked: string[] = [];
  const ends = new Map<string, Promise<number>>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    ends.set(path, new Promise((resolve) => request.socket.on("close", () => resolve(performance.now()))));
    const real = (): Promise<Buffer> =>
      Promise.resolve(
        execFileSync("curl", ["-s", "--unix-socket", host.replace("unix://", ""), `http://docker${path}`], {
          maxBuffer: 1 << 28,
        }),
      );
    answer(path, request, response, real);
  });
  server.on("connection", (it) => sockets.add(it));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const it of sockets) it.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: `tcp://127.0.0.1:${port}`,
    asked,
    closed: (path) =>
      ends.get(asked.find((it) => it.includes(path)) ?? "") ?? Promise.reject(new Error(path)),
  };
}

const start = (engine: string, storage?: string): Promise<Editor> =>
  Editor.start({
    folder,
    initializationOptions: {
      plimsoll: { engine: { host: engine } },
      ...(storage === undefined ? {} : { storage }),
    },
  });

const analyze = (editor: Editor, reference = image, generation = 1): Promise<AnalyzeResult> =>
  editor.request("plimsoll/analyze", { generation, target: { kind: "image", reference } });

function picture(result: AnalyzeResult) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.picture;
}

/** The same picture, read from what is kept. */
const fromCache = ({ root, facts }: Picture): Picture => {
  const read = { readFrom: "cache", sizesFrom: "measured, its layers kept since they were read" };
  return { root, facts: { ...facts, ...read } };
};

describe.skipIf(host === "")("an image of the engine", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-desk-"));
    for (const [path, text] of [
      ["data/a.txt", "some text\n"],
      ["Dockerfile", dockerfile],
      ["other/Dockerfile", "FROM scratch\nCOPY x /\n"],
    ] as const) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    docker("1", "build", "--network=host", "-t", image, ".");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows its layers before any byte is read, the base's apart, each with its line", async () => {
    const editor = await start(host);
    const first = new Promise<FirstPictureParams>((resolve) => {
      editor.connection.onNotification("plimsoll/firstPicture", resolve);
    });
    const found = picture(await analyze(editor));
    expect(layersOf((await first).picture).length).toBeGreaterThan(1);
    expect(layersOf(found).map((it) => [it.layer?.base, it.linked])).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [false, true],
    ]);
    expect(found.facts.troubles).toEqual([]);
  });

  it("grows layer by layer while it is read, and says how far that is", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const engine = await before((path, _, response, real) => {
      void real().then(async (it) => {
        if (path.includes("/get")) {
          // All layers have passed, in the order of their names; what tells which is which comes last.
          const manifest = it.lastIndexOf("manifest.json\0");
          response.write(it.subarray(0, manifest));
          await held;
          response.end(it.subarray(manifest));
        } else response.end(it);
      });
    });
    const editor = await start(engine.host);
    const labels: string[] = [];
    editor.connection.onNotification("plimsoll/analysisProgress", ({ label }: AnalysisProgressParams) => {
      labels.push(label);
    });
    const pictures: Picture[] = [];
    const grown = new Promise<Picture>((resolve) => {
      editor.connection.onNotification("plimsoll/firstPicture", ({ picture: it }: FirstPictureParams) => {
        pictures.push(it);
        if (layersOf(it).some((layer) => layer.stated !== true)) resolve(it);
      });
    });
    const running = analyze(editor);
    const part = await grown;
    release();
    const whole = picture(await running);
    expect(layersOf(pictures[0] as Picture).every((it) => it.stated === true && it.files === 0)).toBe(true);
    expect(part.facts.sizesFrom).toMatch(
      /^\d of 4 layers measured, the others as the image's history states$/,
    );
    for (const [index, layer] of layersOf(part).entries()) {
      if (layer.stated === true) continue;
      const { bytes, files, children } = layersOf(whole)[index] as TreeNode;
      expect([layer.bytes, layer.files]).toEqual([bytes, files]);
      expect(layer.children?.[0]?.name).toBe(children?.[0]?.name);
    }
    expect(whole.facts.sizesFrom).toBe("measured from what the engine exports");
    expect(layersOf(whole).some((it) => it.stated === true)).toBe(false);
    expect(labels[0]).toMatch(/^Reading layer 1 of 4, [\d.]+ (?:k?B of [\d.]+ MB|of [\d.]+ [kM]?B)$/);
  });

  it("is tied to lines in the spelling of both builders of Docker", async () => {
    for (const [builder, name] of [
      ["0", "plimsoll-test-desk:classic"],
      ["1", image],
    ] as const) {
      docker(builder, "build", "--network=host", "-t", name, ".");
      const words = ["analyze", name, "--dockerfile", "Dockerfile", "--format", "json"];
      const { out } = await plimsoll(folder, words, { DOCKER_HOST: host });
      const { layers, bytes } = JSON.parse(out) as {
        layers: { base: boolean; bytes: number; instruction: { line: number } | null }[];
        bytes: { base: number };
      };
      expect(layers.map((it) => [it.base, it.instruction?.line ?? null])).toEqual([
        [true, null],
        [false, 2],
        [false, 3],
        [false, 4],
      ]);
      expect(bytes.base).toBe(layers[0]?.bytes);
    }
  });

  it("says when the file has changed since, and takes the user's word for another", async () => {
    const editor = await start(host);
    await editor.open(pathToFileURL(join(folder, "Dockerfile")).href, dockerfile.replace("300000", "400000"));
    const found = picture(await analyze(editor));
    expect(found.facts.troubles).toEqual([
      expect.stringMatching(/^Dockerfile has changed since this image was built/),
    ]);
    expect(layersOf(found).map((it) => it.linked)).toEqual([false, true, false, true]);
    const uri = pathToFileURL(join(folder, "other", "Dockerfile")).href;
    const chosen = picture(await editor.request("plimsoll/chooseDockerfile", { generation: 1, uri }));
    expect(layersOf(chosen).some((it) => it.linked)).toBe(false);
    expect(
      picture(
        await editor.request("plimsoll/analyze", {
          generation: 2,
          target: { kind: "image", reference: image },
          dockerfile: uri,
        }),
      ).facts.troubles,
    ).toHaveLength(1);
  });

  it("is not transferred again, by any window, until the cache is cleared or broken", async () => {
    const storage = join(folder, "storage");
    const engine = await before((_, __, response, real) => void real().then((it) => response.end(it)));
    const transfers = (): number => engine.asked.filter((it) => it.includes("/get")).length;
    const editor = await start(engine.host, storage);
    const found = picture(await analyze(editor));
    expect(transfers()).toBe(1);
    const other = await start(engine.host, storage);
    expect(picture(await analyze(other))).toEqual(found);
    expect(transfers()).toBe(1);
    const [name = ""] = readdirSync(join(storage, "images"));
    expect(readdirSync(join(storage, "images"))).toHaveLength(1);

    const entry = join(storage, "images", name);
    const content = readFileSync(entry);
    content.writeUInt8(content.readUInt8(2_000) ^ 1, 2_000);
    writeFileSync(entry, content);
    // Then its layers are put together again.
    expect(picture(await analyze(other))).toEqual(fromCache(found));
    expect(transfers()).toBe(1);
    const layers = readdirSync(join(storage, "layers"));
    expect(layers).toHaveLength(layersOf(found).length);
    for (const it of layers) writeFileSync(join(storage, "layers", it), content.subarray(0, 10));
    writeFileSync(entry, content.subarray(0, 10));
    await Promise.all([analyze(editor), analyze(other)]);
    expect(transfers()).toBe(3);
    expect(readdirSync(join(storage, "images"))).toEqual([name]);
    expect(readdirSync(join(storage, "layers")).sort()).toEqual(layers.sort());
    expect(picture(await analyze(editor))).toEqual(found);
    expect(transfers()).toBe(3);

    const cleared = await editor.request<{ bytes: number }>("plimsoll/clearImageCache", null);
    expect(cleared.bytes).toBeGreaterThan(0);
    expect(readdirSync(storage).filter((it) => it === "layers" || it === "images")).toEqual([]);
    await analyze(other);
    expect(transfers()).toBe(4);
  });

  it("needs no transfer where all its layers are known of another image", async () => {
    const storage = join(folder, "shared");
    const engine = await before((_, __, response, real) => void real().then((it) => response.end(it)));
    const transfers = (): number => engine.asked.filter((it) => it.includes("/get")).length;
    const editor = await start(engine.host, storage);
    await analyze(editor);
    for (const [builder, name] of [
      ["0", "plimsoll-test-desk:again"],
      ["1", "plimsoll-test-desk:again-kit"],
    ] as const) {
      writeFileSync(join(folder, "again.Dockerfile"), `FROM ${image}\nENV B=2\nLABEL c=d\nCMD ["false"]\n`);
      docker(builder, "build", "--network=host", "-f", "again.Dockerfile", "-t", name, ".");
      const found = picture(await analyze(editor, name));
      expect(transfers()).toBe(1);
      // The same as from a transfer, made by an editor that keeps nothing.
      expect(found).toEqual(fromCache(picture(await analyze(await start(engine.host), name))));
      expect(engine.asked.filter((it) => it.includes("/get")).pop()).toContain(name);
      engine.asked.splice(
        engine.asked.findLastIndex((it) => it.includes("/get")),
        1,
      );
    }
    writeFileSync(join(folder, "more.Dockerfile"), `FROM ${image}\nRUN echo new > /new\n`);
    docker("1", "build", "--network=host", "-f", "more.Dockerfile", "-t", "plimsoll-test-desk:more", ".");
    expect(layersOf(picture(await analyze(editor, "plimsoll-test-desk:more"))).at(-1)?.bytes).toBe(4);
    expect(transfers()).toBe(2);
  });

  it("of an archive neither fills what is kept nor reads it, whatever it says of itself", async () => {
    const storage = join(folder, "kept");
    const editor = await start(host, storage);
    const lying = join(folder, "lying");
    mkdirSync(lying);
    docker("1", "save", "-o", join(folder, "lying.tar"), image);
    execFileSync("tar", ["-C", lying, "-xf", join(folder, "lying.tar")]);
    const open = async (): Promise<AnalyzeResult> => {
      const path = join(folder, "lying.tar");
      return editor.request("plimsoll/analyze", { generation: 9, target: { kind: "archive", path } });
    };
    const honest = picture(await open());
    expect(existsSync(join(storage, "layers"))).toBe(false);
    // Other bytes under the same diff IDs.
    const [manifest] = JSON.parse(readFileSync(join(lying, "manifest.json"), "utf8")) as {
      Layers: string[];
    }[];
    const last = manifest?.Layers.at(-1) ?? "";
    writeFileSync(join(folder, "strange"), Buffer.alloc(77_777));
    execFileSync("tar", ["-C", folder, "-cf", join(lying, last), "strange"]);
    execFileSync("tar", ["-C", lying, "-cf", join(folder, "lying.tar"), "."]);
    // By way of a transfer, which fills what is kept.
    const engine = await before((_, __, response, real) => void real().then((it) => response.end(it)));
    const filled = await start(engine.host, storage);
    const engines = picture(await analyze(filled));
    const after = picture(await open());
    expect(layersOf(after).at(-1)?.bytes).toBe(77_777);
    expect(layersOf(engines).at(-1)?.bytes).toBe(layersOf(honest).at(-1)?.bytes);
  });

  it("is let go of when the user cancels: the connection is closed", async () => {
    const engine = await before((path, _, response, real) => {
      void real().then((it) => {
        // The archive never ends.
        if (path.includes("/get")) response.write(it.subarray(0, 100_000));
        else response.end(it);
      });
    });
    const editor = await start(engine.host);
    const stop = new CancellationTokenSource();
    const running = editor.connection.sendRequest<AnalyzeResult>(
      "plimsoll/analyze",
      { generation: 1, target: { kind: "image", reference: image } },
      stop.token,
    );
    await new Promise((resolve) => editor.connection.onNotification("plimsoll/analysisProgress", resolve));
    stop.cancel();
    expect(await running).toMatchObject({ ok: false, problem: { message: "The analysis was canceled." } });
    expect(await engine.closed("/get")).toBeGreaterThan(0);
  });

  it("is let go of with the user's own ssh", async () => {
    const engine = await before((path, _, response, real) => {
      void real().then((it) => {
        if (path.includes("/get")) response.write(it.subarray(0, 100_000));
        else response.end(it);
      });
    });
    const started = join(folder, "ssh-started");
    mkdirSync(join(folder, "bin"));
    const script = `#!/bin/sh\necho $$ >> ${started}\nexec /usr/bin/docker -H ${engine.host} system dial-stdio\n`;
    writeFileSync(join(folder, "bin", "ssh"), script, { mode: 0o755 });
    vi.stubEnv("PATH", `${join(folder, "bin")}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const editor = await start("ssh://far");
    const stop = new CancellationTokenSource();
    const params = { generation: 1, target: { kind: "image", reference: image } };
    const running = editor.connection.sendRequest<AnalyzeResult>("plimsoll/analyze", params, stop.token);
    await new Promise((resolve) => editor.connection.onNotification("plimsoll/analysisProgress", resolve));
    stop.cancel();
    expect(await running).toMatchObject({ ok: false, problem: { message: "The analysis was canceled." } });
    const lives = (): boolean =>
      readFileSync(started, "utf8")
        .trim()
        .split("\n")
        .some((it) => isRunning(it));
    while (lives()) await wait(20);
  });

  it("may be removed or break off meanwhile, and that is told", async () => {
    const engine = await before((path, request, response, real) => {
      void real().then((it) => {
        if (!path.includes("/get")) response.end(it);
        else {
          response.setHeader("content-length", it.length);
          response.write(it.subarray(0, it.length / 2), () => request.socket.destroy());
        }
      });
    });
    const editor = await start(engine.host);
    expect(await analyze(editor)).toMatchObject({
      ok: false,
      problem: {
        message: expect.stringMatching(/^The transfer of plimsoll-test-desk:1 from tcp:.* broke off/),
        retry: true,
      },
    });
    let removed = false;
    const gone = await before((path, request, response, real) => {
      void real().then((it) => {
        if (path.includes("/get")) {
          removed = true;
          request.socket.destroy();
        } else if (removed) response.writeHead(404).end(JSON.stringify({ message: "no such image" }));
        else response.end(it);
      });
    });
    expect(await analyze(await start(gone.host))).toMatchObject({
      ok: false,
      problem: {
        message: expect.stringMatching(/^The image plimsoll-test-desk:1 is not there \(any more\)/),
      },
    });
  });
});

/** Whoever has ended and is only remembered does not run. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
