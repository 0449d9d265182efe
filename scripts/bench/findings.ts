/**
 * What each tool finds in examples/: findings about size, with bytes, fixes, and whether what its own fixing leaves
 * still parses. The judge is BuildKit's parser where Go is there, else dockerfile-ast's view of the same text.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findDocuments } from "../../server/engine/find-documents.ts";
import { hadolint, type Peer, tally } from "./peers.ts";
import { benchFolder, dist, root } from "./places.ts";
import { printTable, type Row } from "./table.ts";

/** Rules of peers that are about bytes in the image; all others are about style, safety or correctness. */
const sizeRules: ReadonlySet<string> = new Set([
  ...[
    "DL3009",
    "DL3010",
    "DL3015",
    "DL3019",
    "DL3032",
    "DL3036",
    "DL3040",
    "DL3042",
    "DL3046",
    "DL3060",
    "DL3067",
  ],
  ...["ruby/leftover-bundler-cache", "ruby/missing-bundle-without-development"].map((it) => `tally/${it}`),
  ...["php/composer-no-dev-in-production", "gpu/prefer-runtime-final-stage"].map((it) => `tally/${it}`),
  ...["gpu/no-redundant-cuda-install", "prefer-copy-chmod", "prefer-multi-stage-build"].map(
    (it) => `tally/${it}`,
  ),
]);

interface Counts {
  readonly all: number;
  readonly aboutSize: number;
  readonly withBytes: number;
  readonly fixes: number;
}

export async function benchFindings(): Promise<void> {
  const examples = join(root, "examples");
  const { documents } = await findDocuments(examples, { most: 1_000 });
  const files = documents.filter((it) => it.kind === "dockerfile").map((it) => relative(examples, it.path));
  const judge = parserJudge();
  const rows: Row[] = [];
  const add = (name: string, counts: Counts, fixer: readonly string[] | undefined): void => {
    const row = [name, counts.all, counts.aboutSize, counts.withBytes, counts.fixes].map(String);
    rows.push([...row, fixer === undefined ? "has none" : parsingAfter(examples, files, fixer, judge)]);
  };
  add("plimsoll", ownCounts(examples), [process.execPath, dist("cli.js"), "fix", ".", "--review"]);
  for (const [peer, counts, fixer] of [
    [
      tally(["lint", "--slow-checks", "off", "--format", "json"]),
      tallyCounts,
      ["lint", "--slow-checks", "off", "--fix", "--fix-unsafe"],
    ],
    [hadolint(["-f", "json"]), hadolintCounts, undefined],
  ] as const) {
    if (typeof peer === "string") rows.push([peer]);
    else add(peer.name, counts(outputOf(peer, examples, files)), fixer && [peer.command, ...fixer, ...files]);
  }
  printTable(
    `Findings in ${files.length} Dockerfiles of examples/`,
    ["", "findings", "about size", "with bytes", "with a fix", "parse after its own fixing"],
    rows,
  );
  console.log(`  parsed by ${judge.name}`);
}

function ownCounts(folder: string): Counts {
  const { stdout } = spawnSync(process.execPath, [dist("cli.js"), "check", ".", "--format", "json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { documents }: { documents: { findings: { saving: { kind: string }; fixes: unknown[] }[] }[] } =
    JSON.parse(stdout);
  const findings = documents.flatMap((it) => it.findings);
  return {
    all: findings.length,
    aboutSize: findings.length,
    withBytes: findings.filter((it) => it.saving.kind !== "unknown").length,
    fixes: findings.filter((it) => it.fixes.length > 0).length,
  };
}

function tallyCounts(output: string): Counts {
  const { files }: { files: { violations: { rule: string; suggestedFix?: unknown }[] }[] } =
    JSON.parse(output);
  const found = files.flatMap((it) => it.violations);
  return {
    all: found.length,
    aboutSize: found.filter((it) => sizeRules.has(it.rule.replace(/^hadolint\//, ""))).length,
    withBytes: 0,
    fixes: found.filter((it) => it.suggestedFix !== undefined).length,
  };
}

function hadolintCounts(output: string): Counts {
  const found: { code: string }[] = JSON.parse(output);
  return {
    all: found.length,
    aboutSize: found.filter((it) => sizeRules.has(it.code)).length,
    withBytes: 0,
    fixes: 0,
  };
}

function outputOf(peer: Exclude<Peer, string>, folder: string, files: readonly string[]): string {
  return spawnSync(peer.command, [...peer.words, ...files], { cwd: folder, encoding: "utf8" }).stdout;
}

/** "4 of 4" */
function parsingAfter(
  examples: string,
  files: readonly string[],
  [command = "", ...words]: readonly string[],
  judge: Judge,
): string {
  const copy = join(benchFolder, "fixed");
  rmSync(copy, { recursive: true, force: true });
  cpSync(examples, copy, { recursive: true });
  spawnSync(command, words, { cwd: copy, stdio: "ignore" });
  const parsing = files.filter((it) => judge.accepts(join(copy, it)));
  return `${parsing.length} of ${files.length}`;
}

interface Judge {
  readonly name: string;
  accepts(path: string): boolean;
}

/** BuildKit's own parser, a small Go program built once; without Go, what hadolint's parser accepts. */
function parserJudge(): Judge {
  const folder = join(benchFolder, "judge");
  const program = join(folder, "judge");
  if (spawnSync(program, []).error !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "main.go"), judgeSource);
    writeFileSync(join(folder, "go.mod"), "module judge\n\ngo 1.22\n");
    for (const words of [
      ["get", "github.com/moby/buildkit@v0.16.0"],
      ["mod", "tidy"],
      ["build", "-o", program, "."],
    ]) {
      if (spawnSync("go", words, { cwd: folder, stdio: "ignore" }).status !== 0) break;
    }
  }
  if (spawnSync(program, []).error === undefined) {
    return {
      name: "BuildKit's own parser",
      accepts: (path) => spawnSync(program, [path]).status === 0,
    };
  }
  const peer = hadolint(["-f", "json"]);
  return {
    name: "hadolint's parser (BuildKit's needs Go)",
    accepts: (path) =>
      typeof peer !== "string" &&
      !spawnSync(peer.command, ["-f", "json", path], { encoding: "utf8" }).stdout.includes('"DL1000"'),
  };
}

const judgeSource = `package main

import (
	"bytes"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			os.Exit(2)
		}
		result, err := parser.Parse(bytes.NewReader(text))
		if err != nil {
			os.Exit(1)
		}
		if _, _, err := instructions.Parse(result.AST, nil); err != nil {
			os.Exit(1)
		}
	}
}
`;
