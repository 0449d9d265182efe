import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { Knowledge } from "../../../core/link/knowledge.ts";
import { bytes } from "../../../core/size/bytes.ts";
import { DebianPackageSizes } from "../../../core/size/debian-package-sizes.ts";
import { sizeLabel } from "../../../core/size/size.ts";
import type { World } from "../../../core/world.ts";
import { debianCatalogue } from "../../../scripts/catalogue.ts";
import { newJudge, worldWith } from "../support/judge.ts";

/** What the sample project's Dockerfile is told, by lines that count from 1. */
const project = join(import.meta.dirname, "../../../examples/truthgraph");
const source = readFileSync(join(project, "docker/api.Dockerfile"), "utf8");
const judge = await newJudge();
const world: World = {
  ...worldWith(sizesBelow(project)),
  targets: ["runtime"],
  packageSizes: new DebianPackageSizes(debianCatalogue()),
};
const linesOf = (from: World) => {
  const reading = judge.read("dockerfile", source);
  return judge.findings(reading, from, {}).map((found) => ({
    line: reading.lines.positionAt(found.at.start).line + 1,
    rule: found.rule,
    saving: found.saving,
  }));
};

describe("the sample's Dockerfile", () => {
  const found = linesOf(world);

  it("has its waste named on its lines", () => {
    expect(found.map(({ line, rule }) => `${line} ${rule}`)).toEqual(
      expect.arrayContaining([
        "28 build-tools-shipped",
        "34 installer-shipped",
        "87 whole-tree-copied-from-stage",
        "88 copied-again",
        "103 tests-copied",
        "107 tests-copied",
        "110 copied-then-changed",
      ]),
    );
    expect(sizeLabel(sizeAt(found, 103))).toBe("2.75 MB");
    expect(sizeLabel(sizeAt(found, 107))).toBe("980 kB");
    expect(sizeLabel(sizeAt(found, 110))).toBe("~0 B–5.06 MB");
  });

  it("is silent where nothing is wasted", () => {
    const spans = [
      [26, 27],
      [30, 31],
      [45, 45],
      [54, 58],
      [69, 77],
      [90, 99],
      [125, 126],
    ] as const;
    const silent = found.filter(({ line }) => spans.some(([from, to]) => from <= line && line <= to));
    expect(silent).toEqual([]);
  });

  it("has measured numbers once an image is known, also one built before a line further up changed", () => {
    const copied = "COPY --from=deps-stage /root/.local /root/.local";
    const changed = "RUN mkdir -p /root/.cache/huggingface \\\n    && chmod -R a+rX /app";
    // The layers of the sample's real build; the line that fetches uv was another one there.
    const knowledge: Knowledge = {
      image: "truthgraph-api:latest",
      imageId: "sha256:0",
      layers: [
        {
          instruction: copied,
          layer: 6,
          bytes: bytes(38_409_000),
          wasted: bytes(0),
          hides: bytes(38_409_000),
        },
        {
          instruction: changed,
          layer: 14,
          bytes: bytes(5_059_336),
          wasted: bytes(0),
          hides: bytes(5_059_336),
        },
      ],
    };
    const measured = linesOf({ ...world, knowledge });
    expect(sizeLabel(sizeAt(measured, 88))).toBe("38.4 MB");
    expect(sizeLabel(sizeAt(measured, 110))).toBe("5.06 MB");
  });

  it("is mended in one pass, and a second one changes nothing", () => {
    const { text } = judge.fixAll(judge.read("dockerfile", source), world, {}, { review: true });
    expect(text).not.toMatch(/COPY tests|COPY scripts|root\/\.local \/root|a\+rX|\n {4}g\+\+/);
    expect(text).toContain("COPY --from=deps-stage /opt/venv /opt/venv\n");
    const { facts: after } = judge.read("dockerfile", text);
    const shipped = (after?.instructions ?? []).filter(({ stage }) => after?.stages[stage]?.shipped === true);
    // Compilers and uv serve the stages that build; what runs keeps its client, its check and its start.
    expect(shipped.map((it) => it.source).join("\n")).not.toMatch(/gcc|g\+\+|astral\.sh/);
    expect(shipped.map((it) => it.source)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("postgresql-client"),
        expect.stringContaining("HEALTHCHECK"),
        'CMD ["uvicorn", "truthgraph.main:app", "--host", "0.0.0.0", "--port", "8000"]',
        "COPY truthgraph ./truthgraph",
        "COPY alembic ./alembic",
      ]),
    );
    // Both building stages have what they had from the stage they start from.
    expect(text.match(/astral\.sh\/uv\/install/g)).toHaveLength(2);
    expect(judge.fixAll(judge.read("dockerfile", text), world, {}, { review: true }).text).toBe(text);
  });
});

function sizeAt(all: ReturnType<typeof linesOf>, line: number) {
  const res = all.find((it) => it.line === line);
  if (res === undefined) throw new Error(`nothing on line ${line}`);
  return res.saving;
}

function sizesBelow(folder: string): Record<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return Object.fromEntries(
    files.map((it) => {
      const path = join(it.parentPath, it.name);
      return [relative(folder, path), statSync(path).size];
    }),
  );
}
