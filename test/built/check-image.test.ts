import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { writeSampleImage } from "../../scripts/sample-image.ts";
import { type Ended, plimsoll } from "./support/command-line.ts";
import { folderWith, root, sampleCopy } from "./support/places.ts";

interface Report {
  readonly image?: { readonly reference: string; readonly dockerfile: string; readonly changed: boolean };
  readonly documents: readonly {
    readonly path: string;
    readonly findings: readonly {
      readonly rule: string;
      readonly range: { readonly start: { readonly line: number } };
      readonly saving: { readonly kind: string; readonly bytes?: number; readonly from?: string };
    }[];
  }[];
}

const dockerfile = "docker/api.Dockerfile";

/** The sample, with an archive of its image outside of it. */
async function sampleWithImage(): Promise<{ readonly folder: string; readonly archive: string }> {
  const archive = join(await folderWith(), "api.tar");
  writeSampleImage(archive);
  return { folder: await sampleCopy(), archive };
}

const json = (folder: string, ...words: readonly string[]): Promise<Ended> =>
  plimsoll(folder, ["check", "--format", "json", ...words]);

const savingAt = ({ documents }: Report, line: number) =>
  documents.find((it) => it.path === dockerfile)?.findings.find((it) => it.range.start.line + 1 === line)
    ?.saving;

/** What GNU tar counts in the layer of an archive. */
async function bytesOfLayer(archive: string, index: number): Promise<number> {
  const from = (path: string, of: string, ...words: string[]): Buffer =>
    execFileSync("tar", [...words, "-f", of, path].filter(Boolean), { maxBuffer: 1 << 28 });
  const [manifest] = JSON.parse(String(from("manifest.json", archive, "-xO"))) as { Layers: string[] }[];
  const layer = join(await folderWith(), "layer.tar");
  await writeFile(layer, from(manifest?.Layers[index] ?? "", archive, "-xO"));
  return execFileSync("tar", ["-tvf", layer], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.startsWith("-"))
    .reduce((sum, line) => sum + Number(line.split(/\s+/)[2]), 0);
}

describe("check with an archive", () => {
  it("prices findings by the layers of the image, as GNU tar counts them", async () => {
    const { folder, archive } = await sampleWithImage();
    const { code, out, err } = await json(folder, "--archive", archive);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const report = JSON.parse(out) as Report;
    const schema: unknown = JSON.parse(await readFile(join(root, "docs", "check.schema.json"), "utf8"));
    const ajv = new Ajv({ strict: true, allErrors: true });
    expect(ajv.validate(schema as object, report), ajv.errorsText()).toBe(true);
    expect(report.image).toMatchObject({
      reference: "truthgraph-api:sample",
      dockerfile,
      changed: false,
    });
    // The second copy of /root/.local, and the chmod that stores /app again.
    expect(savingAt(report, 88)).toEqual({
      kind: "measured",
      bytes: await bytesOfLayer(archive, 6),
      from: "layer 6 of image truthgraph-api:sample",
    });
    expect(savingAt(report, 110)).toMatchObject({
      kind: "measured",
      bytes: await bytesOfLayer(archive, 14),
    });
    const without = JSON.parse((await json(folder)).out) as Report;
    expect(without.image).toBeUndefined();
    expect(savingAt(without, 88)?.kind).not.toBe("measured");
    // The image's torch came without CUDA, so no requirement brings it.
    const brings = ({ documents }: Report): boolean =>
      documents.some((it) => it.findings.some(({ rule }) => rule === "cuda-stack-pulled"));
    expect([brings(without), brings(report)]).toEqual([true, false]);
  });

  it("says in which image, in every form", async () => {
    const { folder, archive } = await sampleWithImage();
    const said = "image truthgraph-api:sample, built from docker/api.Dockerfile";
    const text = await plimsoll(folder, ["check", "--archive", archive]);
    expect(text.out).toMatch(new RegExp(`\\nLayers were measured in ${said}\\.\\n$`));
    const markdown = await plimsoll(folder, ["check", "--archive", archive, "--format", "markdown"]);
    expect(markdown.out).toContain(`Layers were measured in ${said}.`);
    const sarif = await plimsoll(folder, ["check", "--archive", archive, "--format", "sarif"]);
    const { runs } = JSON.parse(sarif.out) as { runs: { properties: { image: { dockerfile: string } } }[] };
    expect(runs[0]?.properties.image.dockerfile).toBe(dockerfile);
  });

  it("measures only lines whose text made a layer, and says that the file has changed", async () => {
    const { folder, archive } = await sampleWithImage();
    const path = join(folder, dockerfile);
    const before = await readFile(path, "utf8");
    await writeFile(path, before.replace("chmod -R a+rX /app", "chmod -R a+rwX /app"));
    const { code, out, err } = await json(folder, "--archive", archive);
    expect(code).toBe(0);
    expect(err).toMatch(/^plimsoll: docker\/api\.Dockerfile has changed since this image was built.+\n$/);
    const report = JSON.parse(out) as Report;
    expect(report.image?.changed).toBe(true);
    expect(savingAt(report, 88)?.kind).toBe("measured");
    expect(savingAt(report, 110)?.from ?? "").not.toContain("image");
  });

  it("keeps thresholds and exit codes as they are", async () => {
    const { folder, archive } = await sampleWithImage();
    expect((await json(folder, "--archive", archive, "--fail-on", "warning")).code).toBe(1);
    expect((await json(folder, "--archive", archive, "--fail-on", "error")).code).toBe(0);
  });

  it("takes none of several Dockerfiles that did not make the image, and still tells the findings", async () => {
    const { archive } = await sampleWithImage();
    const kept = "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n";
    const folder = await folderWith({ "a/Dockerfile": kept, "b/Dockerfile": `${kept}CMD ["true"]\n` });
    for (const paths of [["."], ["a"]]) {
      const { code, out, err } = await json(folder, ...paths, "--archive", archive);
      expect(code).toBe(2);
      expect(err).toMatch(/^plimsoll: no Dockerfile here is known to have made image .+\n$/);
      const report = JSON.parse(out) as Report;
      expect(report.image).toBeUndefined();
      expect(report.documents[0]?.findings).not.toEqual([]);
    }
  });

  it("finds the Dockerfile around Python documents", async () => {
    const { folder, archive } = await sampleWithImage();
    const { code, out } = await json(folder, "pyproject.toml", "--archive", archive);
    expect(code).toBe(0);
    const report = JSON.parse(out) as Report;
    expect(report.image?.dockerfile).toBe(dockerfile);
    expect(report.documents.map((it) => it.path)).toEqual(["pyproject.toml"]);
  });

  it("says when there is no Dockerfile that an image could be led back to", async () => {
    const { archive } = await sampleWithImage();
    const folder = await folderWith({ "requirements.txt": "six\n" });
    const { code, err } = await json(folder, "--archive", archive);
    expect(code).toBe(2);
    expect(err).toMatch(/^plimsoll: there is no Dockerfile, so.+\n$/);
  });

  it.each([["nowhere.tar"], ["Dockerfile"], ["."]])(
    "says in one line that %s is no archive",
    async (archive) => {
      const folder = await folderWith({ Dockerfile: "FROM debian:12\nRUN apt-get update\n" });
      const { code, out, err } = await json(folder, "--archive", archive);
      expect(code).toBe(2);
      expect(err).toMatch(/^plimsoll: .+ cannot be analyzed: .+\n$/);
      expect((JSON.parse(out) as Report).documents).toHaveLength(1);
    },
  );
});
