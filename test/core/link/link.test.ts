import { beforeAll, describe, expect, it } from "vitest";
import type { Facts } from "../../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import type { Judge } from "../../../core/judge.ts";
import { type Ancestor, baseLayersOf } from "../../../core/link/base.ts";
import { linkHistory, linkLayers } from "../../../core/link/link.ts";
import { noBytes } from "../../../core/size/bytes.ts";
import { newJudge } from "../support/judge.ts";

let judge: Judge;
beforeAll(async () => {
  judge = await newJudge();
});

/** One line an entry, oldest first; `-` before those without a layer. */
function analysisOf(history: string): Pick<ImageAnalysis, "image" | "history" | "layers"> {
  const entries = history
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .map((line) => ({ createdBy: line.replace(/^- /, ""), emptyLayer: line.startsWith("- ") }));
  const none = { deleted: noBytes, overwritten: noBytes, metadataOnly: noBytes };
  return {
    image: { reference: "app:1", id: "sha256:0", platform: "linux/amd64", source: "docker" },
    history: entries,
    layers: entries
      .filter((it) => !it.emptyLayer)
      .map(({ createdBy }, index) => ({
        ...{ index, diffId: "", createdBy, bytes: noBytes, files: 0, wasted: none, hides: none },
      })),
  };
}

function factsOf(text: string): Facts {
  const { facts } = judge.read("dockerfile", text);
  if (facts === undefined) throw new Error("no facts");
  return facts;
}

/** The line of each layer, from 1; 0 where none is known. */
function linesOf(text: string, history: string): number[] {
  const facts = factsOf(text);
  return linkLayers(facts, analysisOf(history)).map((it) =>
    it === undefined ? 0 : facts.text.slice(0, it.at.start).split("\n").length,
  );
}

const dockerfile = `ARG BASE=debian:12
FROM \${BASE}
ARG DIR=data
WORKDIR /app
ENV A=1 B="x y"
COPY \${DIR} ./data
RUN true && \\
    # why
    true
RUN head -c 3000 /dev/zero > /app/made
COPY --chown=1:1 data/a ./c
USER 1000
CMD ["true", "now"]
`;

const builders: Readonly<Record<string, string>> = {
  BuildKit: `/bin/sh -c #(nop) ADD file:0123 in /
    - CMD ["bash"]
    - ARG DIR=data
    WORKDIR /app
    - ENV A=1 B=x y
    COPY data ./data # buildkit
    RUN |1 DIR=data /bin/sh -c true &&     true # buildkit
    RUN |1 DIR=data /bin/sh -c head -c 3000 /dev/zero > /app/made # buildkit
    COPY --chown=1:1 data/a ./c # buildkit
    - USER 1000
    - CMD ["true" "now"]`,
  "the classic builder": `# debian.sh --arch 'amd64' out/ 'bookworm'
    - /bin/sh -c #(nop)  CMD ["bash"]
    - /bin/sh -c #(nop)  ARG DIR=data
    /bin/sh -c #(nop) WORKDIR /app
    - /bin/sh -c #(nop)  ENV A=1 B=x y
    /bin/sh -c #(nop) COPY dir:5fdc8ab9 in ./data 
    |1 DIR=data /bin/sh -c true &&     true
    |1 DIR=data /bin/sh -c head -c 3000 /dev/zero > /app/made
    /bin/sh -c #(nop) COPY --chown=1:1file:ec944c in ./c 
    - /bin/sh -c #(nop)  USER 1000
    - /bin/sh -c #(nop)  CMD ["true" "now"]
    - /bin/sh -c #(nop)  LABEL revision=1`,
  Buildah: `/bin/sh -c #(nop) ADD file:321a in /
    - /bin/sh -c #(nop) CMD ["bash"]
    /bin/sh -c #(nop) WORKDIR /app
    - /bin/sh -c #(nop) ENV A=1 B="x y"
    /bin/sh -c #(nop) COPY dir:5fdc8ab9 in ./data 
    /bin/sh -c true &&     true
    /bin/sh -c head -c 3000 /dev/zero > /app/made
    /bin/sh -c #(nop) COPY file:ec944c in ./c 
    - /bin/sh -c #(nop) USER 1000
    - /bin/sh -c #(nop) CMD ["true", "now"]`,
  kaniko: `ADD rootfs.tar / # buildkit
    - CMD ["bash"]
    WORKDIR /app
    - ENV A=1 B="x y"
    COPY \${DIR} ./data
    RUN true &&     true
    RUN head -c 3000 /dev/zero > /app/made
    COPY --chown=1:1 data/a ./c
    - USER 1000
    - CMD ["true", "now"]`,
};

describe("layers and lines", () => {
  for (const [name, history] of Object.entries(builders)) {
    it(`are tied in the spelling of ${name}`, () => {
      expect(linesOf(dockerfile, history)).toEqual([0, 4, 6, 7, 10, 11]);
      expect(linkHistory(factsOf(dockerfile), analysisOf(history).history)).toMatchObject({
        changed: false,
        baseEntries: 2,
      });
    });
  }

  it("are not tied where Buildah put everything into one layer", () => {
    const squashed = `ADD file:1 in /
      - /bin/sh -c #(nop) WORKDIR /app
      - /bin/sh -c #(nop) COPY dir:5f in ./data 
      - /bin/sh -c make
      /bin/sh -c #(nop) CMD ["true"]`;
    expect(linesOf(`FROM b\nWORKDIR /app\nCOPY data ./data\nRUN make\nCMD ["true"]\n`, squashed)).toEqual([
      0, 0,
    ]);
    const endsWithRun = `ADD file:1 in /
      - /bin/sh -c #(nop) COPY dir:5f in ./data 
      /bin/sh -c make`;
    expect(linesOf(`FROM b\nCOPY data ./data\nRUN make\n`, endsWithRun)).toEqual([0, 0]);
  });

  it("stay tied around a changed, a new and a removed line", () => {
    const history = builders["BuildKit"] ?? "";
    const changed = dockerfile.replace("head -c 3000", "head -c 4000");
    expect(linesOf(changed, history)).toEqual([0, 4, 6, 7, 0, 11]);
    expect(linkHistory(factsOf(changed), analysisOf(history).history).changed).toBe(true);
    expect(linesOf(dockerfile.replace("USER 1000", "RUN new\nUSER 1000"), history)).toEqual([
      0, 4, 6, 7, 10, 11,
    ]);
    expect(linesOf(dockerfile.replace("RUN head -c 3000 /dev/zero > /app/made\n", ""), history)).toEqual([
      0, 4, 6, 7, 0, 10,
    ]);
  });

  it("follow the exec form, here-documents and other shells", () => {
    const text = `FROM b\nSHELL ["/bin/bash", "-euo", "pipefail", "-c"]\nRUN ["/bin/make", "all"]\nRUN <<EOF\na\nb\nEOF\nRUN sort x | head\n`;
    const history = `ADD file:1 in /
      - SHELL [/bin/bash -euo pipefail -c]
      RUN /bin/make all # buildkit
      RUN /bin/bash -euo pipefail -c <<EOF (a...) # buildkit
      RUN /bin/bash -euo pipefail -c sort x | head # buildkit`;
    expect(linesOf(text, history)).toEqual([0, 3, 4, 8]);
  });

  it("are of the stage that was built", () => {
    const text = `FROM b AS one\nRUN a\nFROM one AS two\nRUN b\nFROM b AS other\nRUN c\n`;
    expect(
      linesOf(text, `ADD file:1 in /\nRUN /bin/sh -c a # buildkit\nRUN /bin/sh -c b # buildkit`),
    ).toEqual([0, 2, 4]);
  });
});

describe("base layers", () => {
  const baseOf = (
    text: string | undefined,
    history: string,
    ancestors: readonly Ancestor[] = [],
    named?: string,
  ): number | undefined =>
    baseLayersOf(analysisOf(history), {
      ancestors,
      named,
      facts: text === undefined ? undefined : factsOf(text),
    })?.count;
  const history = `debian
    python
    - ENV PATH=/x
    RUN /bin/sh -c a # buildkit
    RUN /bin/sh -c b # buildkit`;
  const text = "FROM python:3\nENV A=1\nRUN a\nRUN b\n";
  const whole = history.replace("RUN /bin/sh -c a", "- ENV A=1\n RUN /bin/sh -c a");

  it("are those of the base that the engine holds", () => {
    const python = { references: ["python:3"], layers: 2 };
    expect(baseOf(text, history, [{ references: ["docker.io/library/python:3"], layers: 2 }])).toBe(2);
    expect(baseOf(undefined, history, [{ references: ["debian:12"], layers: 1 }, python])).toBe(2);
    // An earlier build of the same image, and a nearer relative than the annotated base.
    expect(baseOf(undefined, history, [{ references: ["app:0"], layers: 3 }, python])).toBe(2);
    expect(baseOf(undefined, history, [{ references: ["other:1"], layers: 3 }, python], "python:3")).toBe(2);
  });

  it("are those below the first instruction, where the history shows it", () => {
    expect(baseOf(text, whole)).toBe(2);
    expect(baseOf("FROM python:3\nRUN a\nRUN b\n", history)).toBe(2);
    expect(baseOf("FROM scratch\nCOPY x /\n", "COPY x / # buildkit")).toBe(0);
  });

  it("are unknown otherwise", () => {
    expect(baseOf(undefined, history)).toBeUndefined();
    // The first instruction has changed since: it may have made the entry above the base, or none.
    expect(baseOf(text.replace("ENV A=1", "ENV A=1 C=2"), whole)).toBeUndefined();
    expect(baseOf("FROM x\nRUN other\n", history)).toBeUndefined();
  });
});
