import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ignoreCorpus, ignoreTree, letThrough } from "../core/context/ignore-corpus.ts";

const run = promisify(execFile);
const host = inject("dockerHost");
const folder = mkdtempSync(join(tmpdir(), "plimsoll-ignore-"));
const tree = join(folder, "tree");
const dockerfile = "FROM scratch\nCOPY . /\n";
/** Sorted paths of the image's files; undefined: the build was refused. */
type Build = (context: string) => Promise<readonly string[] | undefined>;
/** Builds at a time. */
const atOnce = 4;

/** The tests' engine is older than Docker 23, where a row has a third column. */
const expected = ignoreCorpus.map(([ignore, now, before]) => [ignore, letThrough(before ?? now)] as const);

describe.skipIf(host === "")("a build's context under an ignore file", () => {
  beforeAll(() => {
    for (const path of ignoreTree) {
      const file = join(tree, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, path === "Dockerfile" ? dockerfile : path);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, Build]>([
    ["BuildKit", builtByBuildKit],
    ["the classic builder", builtByClassic],
  ])("is what the table says: %s", async (_, built) => {
    const waiting = expected.entries();
    const wrong: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (const [index, [ignore, files]] of waiting) {
        const found = await built(contextWith(`${index}`, { ".dockerignore": ignore }));
        if (JSON.stringify(found) !== JSON.stringify(files)) wrong.push({ ignore, files, found });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(wrong).toEqual([]);
  });

  it("follows the file beside the Dockerfile before the context's own", async () => {
    const context = contextWith("beside", {
      ".dockerignore": "*.txt\n",
      "docs/api.Dockerfile": dockerfile,
      "docs/api.Dockerfile.dockerignore": "src\nlib\nnode_modules\n",
    });
    const found = await builtByBuildKit(context, join(context, "docs", "api.Dockerfile"));
    expect(found).toContain("a.txt");
    expect(found?.some((it) => /^(?:src|lib|node_modules)\//.test(it))).toBe(false);
  });
});

function contextWith(name: string, files: Readonly<Record<string, string>>): string {
  const context = join(folder, name);
  cpSync(tree, context, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(context, path), text);
  return context;
}

/** Sorted paths of the image's files; undefined: the build was refused. */
async function builtByBuildKit(
  context: string,
  file = join(context, "Dockerfile"),
): Promise<readonly string[] | undefined> {
  const output = `${context}.out`;
  const words = ["-q", "-f", file, "-o", `type=tar,dest=${output}`, context];
  return (await build(words, "1")) === undefined ? undefined : filesIn(output);
}

/** An image without a single file has no layer, and is not saved. */
async function builtByClassic(context: string): Promise<readonly string[] | undefined> {
  const image = await build(["-q", "--no-cache", context], "0");
  if (image === undefined) return undefined;
  const saved = `${context}.saved`;
  const isEmpty = await docker(["save", "-o", saved, image.trim()]).then(
    () => false,
    (cause: unknown) => /empty export/.test(String(cause)),
  );
  if (isEmpty) return [];
  await run("tar", ["-C", context, "-xf", saved, "--wildcards", "*/layer.tar"]);
  const [layer] = (await run("find", [context, "-name", "layer.tar"])).stdout.trim().split("\n");
  return filesIn(layer ?? "");
}

const filesIn = async (archive: string): Promise<readonly string[]> =>
  (await run("tar", ["-tf", archive, "--quoting-style=literal"])).stdout
    .split("\n")
    .filter((it) => it !== "" && !it.endsWith("/"))
    .map((it) => it.replace(/^\.\//, ""))
    .toSorted();

const build = (words: readonly string[], buildKit: string): Promise<string | undefined> =>
  docker(["build", ...words], buildKit).catch((cause: unknown) => {
    if (/syntax error in pattern|illegal exclusion pattern/.test(String(cause))) return undefined;
    throw cause;
  });

const docker = async (words: readonly string[], buildKit = "1"): Promise<string> => {
  const env = { ...process.env, DOCKER_BUILDKIT: buildKit };
  return (await run("/usr/bin/docker", ["-H", host, ...words], { env, encoding: "utf8" })).stdout;
};
