/** What programs hold of the modules that they are built of: Go's build information, Rust's list of crates. */
import { textOf } from "../text/utf8.ts";
import { unzlibbed } from "./inflate.ts";

export interface ProgramFacts {
  readonly language: "go" | "rust";
  readonly name: string;
  readonly version: string;
  /** Names of modules or crates in it. */
  readonly modules: readonly string[];
}

const mostModules = 20_000;
const goMagic = "\xff Go buildinf:";
/** Two texts stand right behind the head (Go 1.18 and later). */
const inlineTexts = 2;
const goHead = 32;

/** Where Go's build information begins in a writable segment: on a multiple of 16. */
export function goInfoAt(segment: Uint8Array): number | undefined {
  for (let at = segment.indexOf(0xff); at !== -1; at = segment.indexOf(0xff, at + 1)) {
    if (at % 16 === 0 && String.fromCharCode(...segment.subarray(at, at + goMagic.length)) === goMagic)
      return at;
  }
  return undefined;
}

/** Go's build information (its debug/buildinfo): head, Go's version, then lines `mod PATH VERSION SUM`, `dep …`. */
export function goFacts(info: Uint8Array): ProgramFacts | undefined {
  if (((info[15] ?? 0) & inlineTexts) === 0) return undefined;
  const version = lengthAt(info, goHead);
  const lines = lengthAt(info, version.start + version.length);
  // 16 bytes before and after mark the place for debuggers.
  const text = textOf(info, lines.start + 16, Math.min(info.length, lines.start + lines.length - 16));
  let main: readonly string[] = [];
  let path = "";
  const modules: string[] = [];
  for (const line of text.split("\n")) {
    const [kind, name = "", ...rest] = line.split("\t");
    if (kind === "path") path = name;
    else if (kind === "mod") main = [name, rest[0] ?? ""];
    else if (kind === "dep" && modules.length < mostModules) modules.push(name);
    // The module above is replaced by this one.
    else if (kind === "=>" && modules.length > 0) modules[modules.length - 1] = name;
  }
  const name = main[0] ?? path;
  if (name === "" || name === undefined) return undefined;
  return { language: "go", name, version: main[1] === "(devel)" ? "" : (main[1] ?? ""), modules };
}

/** How many bytes from its start the information takes, as far as `info` tells. */
export function goInfoLength(info: Uint8Array): number {
  const version = lengthAt(info, goHead);
  const lines = lengthAt(info, version.start + version.length);
  return lines.start + lines.length;
}

function lengthAt(bytes: Uint8Array, at: number): { readonly start: number; readonly length: number } {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[at + index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { start: at + index + 1, length };
  }
  return { start: at, length: 0 };
}

/** The section `.dep-v0` of cargo-auditable: JSON, packed with zlib. */
export function rustFacts(section: Uint8Array): ProgramFacts | undefined {
  const text = unzlibbed(section);
  if (text === undefined) return undefined;
  const crates = cratesIn(textOf(text));
  const root = crates.find((it) => it["root"] === true);
  if (root === undefined || typeof root["name"] !== "string") return undefined;
  const modules = crates.flatMap((it) => (it !== root && typeof it["name"] === "string" ? [it["name"]] : []));
  const version = typeof root["version"] === "string" ? root["version"] : "";
  return {
    language: "rust",
    name: root["name"],
    version,
    modules: [...new Set(modules)].slice(0, mostModules),
  };
}

function cratesIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const it: unknown = JSON.parse(text);
    const list = isRecord(it) ? it["packages"] : undefined;
    return Array.isArray(list) ? list.filter(isRecord) : [];
  } catch {
    return [];
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
