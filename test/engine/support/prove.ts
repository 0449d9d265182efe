import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Facts } from "../../../core/dockerfile/facts.ts";
import { shippedPython } from "../../../core/python/shipped.ts";
import { emptySurroundings } from "../../../core/python/surroundings.ts";
import type { RatedFinding } from "../../../core/rules/check.ts";
import type { RuleId } from "../../../core/rules/index.ts";
import { DebianPackageSizes } from "../../../core/size/debian-package-sizes.ts";
import type { Size } from "../../../core/size/size.ts";
import { applyEdits } from "../../../core/text/edit.ts";
import { EditMap } from "../../../core/text/edit-map.ts";
import type { World } from "../../../core/world.ts";
import { debianCatalogue } from "../../../scripts/catalogue.ts";
import { newJudge, worldWith } from "../../core/support/judge.ts";
import { pythonWorldOf } from "../../core/support/python-world.ts";
import { docker } from "./bases.ts";

/** A fix proved by building: the Dockerfile is built before and after it on the classic store. */
export interface Proof {
  readonly rule: RuleId;
  readonly title: string;
  /** `FROM` one of the images of bases.ts. */
  readonly dockerfile: string;
  /** The build context: content, or a size for a file of that many bytes. */
  readonly files?: Readonly<Record<string, string | number | Uint8Array>>;
  /** A piece of the title of the fix to take; without it the first one. */
  readonly fix?: string;
  /** A requirements file of the context has the finding and the fix, not the Dockerfile. */
  readonly requirements?: string;
  /** What both images have to run without failing; none: the image's own command. */
  readonly runs?: readonly string[];
  /** The rule cannot tell the size: then it is enough that bytes go. */
  readonly sizeUnknown?: boolean;
  /** The fix changes the base image: whole images are compared, and these images of bases.ts have their real sizes. */
  readonly bases?: readonly string[];
}

const judge = await newJudge();
const catalogue = debianCatalogue();
const packageSizes = new DebianPackageSizes(catalogue);

/** Throws where the finding, the fix, either build, either run or the number is not what the rule says. */
export function prove(host: string, proof: Proof): void {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-proof-"));
  try {
    if (proof.requirements !== undefined) {
      proveRequirements(host, folder, proof, proof.requirements);
      return;
    }
    const world = worldOf(host, proof);
    const reading = judge.read("dockerfile", proof.dockerfile);
    const finding = judge.findings(reading, world, {}).find((it) => it.rule === proof.rule);
    if (finding === undefined) throw new Error(`${proof.rule} finds nothing`);
    const fix = judge.fixes(reading, world, {}, finding).find((it) => it.title.includes(proof.fix ?? ""));
    if (fix === undefined) throw new Error(`no fix "${proof.fix ?? ""}" among those offered`);
    const text = applyEdits(proof.dockerfile, fix.edits);
    const after = judge.read("dockerfile", text);
    if (reading.facts === undefined || after.facts === undefined) throw new Error("no Dockerfile");
    writeContext(folder, proof);
    const map = new EditMap(fix.edits);
    const stays = (at: number): number | undefined => map.offsetAfter(at);
    // What does not ship any more has not stayed as it was, nor has, perhaps, what another stage gives.
    const shipped = new Set(after.facts.shipped.map((it) => it.at.start));
    const untouched = new Map(
      reading.facts.instructions.flatMap((it) => {
        const isGiven = it.kind === "copy" && it.fromStage !== undefined;
        const start = isGiven || map.touches(it.at) ? undefined : stays(it.at.start);
        return start === undefined || !shipped.has(start) ? [] : [[it.at.start, start] as const];
      }),
    );
    const before = build(host, folder, proof, proof.dockerfile, reading.facts);
    let written = 0;
    for (const it of fix.otherFiles ?? []) {
      const content = proof.files?.[it.path] ?? "";
      if (typeof content !== "string") throw new Error(`${it.path} is no text`);
      const edited = applyEdits(content, it.edits);
      writeContext(folder, { files: { [it.path]: edited } });
      // The ignore file is itself part of a context that is copied as a whole.
      written += Buffer.byteLength(edited) - Buffer.byteLength(content);
    }
    const now = build(host, folder, proof, text, after.facts);
    const kept = new Set(untouched.values());
    // An ignore file changes layers whose instructions stay as they are.
    const isWhole = fix.otherFiles !== undefined;
    const grounds = proof.bases === undefined ? 0 : groundOf(before) - groundOf(now);
    const saved =
      grounds +
      sumWhere(before, (start) => isWhole || !untouched.has(start)) +
      written -
      sumWhere(now, (start) => isWhole || !kept.has(start));
    expect(saved, `bytes saved, said: ${JSON.stringify(finding.saving)}`).toSatisfy((it: number) =>
      agrees(it, finding, proof),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Dockerfile stays, what it installs from the requirements changes: whole images are compared. */
function proveRequirements(host: string, folder: string, proof: Proof, path: string): void {
  const text = proof.files?.[path];
  if (typeof text !== "string") throw new Error(`${path} is no text`);
  const { facts } = judge.read("dockerfile", proof.dockerfile);
  const reading = judge.read("requirements", text);
  if (facts === undefined || reading.python === undefined) throw new Error("cannot be read");
  const around = pythonWorldOf(text);
  const shipped = shippedPython(
    facts,
    { path: "Dockerfile", shown: "Dockerfile" },
    reading.python.project,
    around,
  );
  const surroundings = { ...emptySurroundings, ...around.python?.surroundings };
  const images = shipped === undefined ? [] : [shipped];
  const world = { ...around, python: { path, surroundings: { ...surroundings, images } } };
  const finding = judge.findings(reading, world, {}).find((it) => it.rule === proof.rule);
  const [fix] = finding === undefined ? [] : judge.fixes(reading, world, {}, finding);
  if (finding === undefined || fix === undefined) throw new Error(`${proof.rule} has no fix`);
  const sizes = [text, applyEdits(text, fix.edits)].map((content) => {
    writeContext(folder, { files: { ...proof.files, [path]: content } });
    return build(host, folder, proof, proof.dockerfile, facts).reduce((sum, it) => sum + it.bytes, 0);
  });
  const [before = Number.NaN, after = Number.NaN] = sizes;
  expect(before - after, `bytes saved, said: ${JSON.stringify(finding.saving)}`).toSatisfy((it: number) =>
    agrees(it, finding, proof),
  );
}

function agrees(saved: number, { saving }: RatedFinding, { sizeUnknown }: Proof): boolean {
  if (sizeUnknown === true) return saving.kind === "unknown" && saved > 0;
  return isWithin(saved, saving);
}

function isWithin(saved: number, saving: Size): boolean {
  switch (saving.kind) {
    case "measured":
      return saved === saving.bytes;
    case "estimated":
      return saving.low <= saved && saved <= (saving.high ?? Infinity);
    case "unknown":
      return false;
  }
}

function worldOf(host: string, { files, bases }: Proof): World {
  const sizes = Object.entries(files ?? {}).map(
    ([path, content]) => [path, typeof content === "number" ? content : Buffer.byteLength(content)] as const,
  );
  const ignored = files?.[".dockerignore"];
  const manifests = Object.entries(files ?? {}).flatMap(([path, content]) =>
    typeof content === "string" && path.endsWith(".json") ? [[path, content] as const] : [],
  );
  const world = worldWith(
    Object.fromEntries(sizes),
    typeof ignored === "string" ? ignored : undefined,
    new Map(manifests),
  );
  const images = bases?.map((image) => [image, sizeOf(host, image), false] as const);
  return {
    ...world,
    context: files === undefined ? undefined : world.context,
    packageSizes: images === undefined ? packageSizes : new DebianPackageSizes({ ...catalogue, images }),
  };
}

function writeContext(folder: string, { files = {} }: Pick<Proof, "files">): void {
  mkdirSync(join(folder, "context"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, "context", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "number" ? Buffer.alloc(content, path) : content);
  }
}

interface BuiltLayer {
  /** Where its instruction starts in the text; undefined: a layer of the base image. */
  readonly start: number | undefined;
  readonly bytes: number;
}

/** Builds, runs, and tells the bytes of the layer of every shipped instruction. */
function build(
  host: string,
  folder: string,
  proof: Proof,
  text: string,
  facts: Facts,
): readonly BuiltLayer[] {
  const file = join(folder, "Dockerfile");
  const tag = "plimsoll-test-proof:1";
  writeFileSync(file, text);
  docker(host, ["build", "--network=host", "-q", "-t", tag, "-f", file, join(folder, "context")]);
  docker(host, ["run", "--rm", "--network=none", tag, ...(proof.runs ?? [])]);
  const sizes = layerSizes(host, tag);
  // One entry of the history for each instruction, newest first; the base image's come after.
  const instructions = facts.shipped.filter((it) => it.keyword !== "FROM").toReversed();
  return sizes.map((bytes, index) => ({ start: instructions[index]?.at.start, bytes }));
}

/** Newest first. */
const layerSizes = (host: string, image: string): readonly number[] =>
  docker(host, ["history", "--human=false", "--format", "{{.Size}}", image]).trim().split("\n").map(Number);

const sizeOf = (host: string, image: string): number =>
  layerSizes(host, image).reduce((sum, it) => sum + it, 0);

const groundOf = (layers: readonly BuiltLayer[]): number =>
  layers.reduce((sum, it) => sum + (it.start === undefined ? it.bytes : 0), 0);

const sumWhere = (layers: readonly BuiltLayer[], isWanted: (start: number) => boolean): number =>
  layers.reduce((sum, it) => sum + (it.start !== undefined && isWanted(it.start) ? it.bytes : 0), 0);
