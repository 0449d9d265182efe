/** What a wheel's last bytes say of it: it is a zip archive (binary distribution format), its directory comes last. */
import { type ZipEntry, ZipTail } from "../../image/zip.ts";
import { headersOf } from "../core-metadata.ts";
import { modulesOf } from "../record.ts";
import type { KnownWheel } from "./knowledge.ts";

export type WheelTail =
  | {
      readonly kind: "known";
      readonly wheel: KnownWheel;
      /** Where METADATA lies when it is not among the last bytes: from this byte to before that one. */
      readonly metadata: { readonly from: number; readonly to: number; readonly entry: ZipEntry } | undefined;
    }
  /** So many of the last bytes are needed. */
  | { readonly kind: "more"; readonly bytes: number }
  | { readonly kind: "unreadable" };

/** Nobody's directory is longer; torch's is 1.5 MB. */
const longestDirectory = 16_000_000;
/** METADATA and its kin lie before the directory. */
const notes = 40_000;

/** `tail`: the last bytes of a wheel of `size` bytes. */
export function readWheelTail(tail: Uint8Array, size: number): WheelTail {
  const zip = new ZipTail(tail, size);
  const length = zip.directoryLength;
  if (length === undefined || length > Math.min(size, longestDirectory)) return { kind: "unreadable" };
  if (length > tail.length) return { kind: "more", bytes: Math.min(size, length + notes) };
  const { entries } = zip;
  if (entries.length === 0 || entries.some((it) => it.size === 0xffff_ffff)) return { kind: "unreadable" };
  const files = entries.filter((it) => !it.name.endsWith("/"));
  const metadata = files.find((it) => /^[^/]+\.dist-info\/METADATA$/.test(it.name));
  const text = metadata === undefined ? undefined : zip.text(metadata);
  const sum = (some: typeof files): number => some.reduce((res, it) => res + it.size, 0);
  return {
    kind: "known",
    metadata: metadata === undefined || text !== undefined ? undefined : placeOf(metadata, size),
    wheel: {
      unpacked: sum(files),
      pythonBytes: sum(files.filter((it) => it.name.endsWith(".py"))),
      size,
      requires: text === undefined ? undefined : requiresIn(text),
      modules: modulesOf(files.map((it) => installedName(it.name))),
    },
  };
}

/** Name and extra field of an entry's own header stand before its bytes, as long as any tool makes them. */
const longestHeader = 2_000;

const placeOf = (entry: ZipEntry, size: number) => ({
  from: entry.offset,
  to: Math.min(size, entry.offset + longestHeader + entry.packed),
  entry,
});

/** Of a range that begins at its entry; undefined: it is broken. */
export function requiresAt(range: Uint8Array, from: number, entry: ZipEntry): readonly string[] | undefined {
  const text = new ZipTail(range, from + range.length).text(entry);
  return text === undefined ? undefined : requiresIn(text);
}

export const requiresIn = (metadata: string): readonly string[] =>
  headersOf(metadata).get("requires-dist") ?? [];

/** `NAME.data/purelib/x.py` is installed as `x.py`. */
const installedName = (path: string): string => path.replace(/^[^/]+\.data\/(?:purelib|platlib)\//, "");
