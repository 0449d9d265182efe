/** Extended headers of tar archives: what their records say about the file that follows. */
import { textOf } from "../text/utf8.ts";
import { grownSizes } from "./columns.ts";
import { copied } from "./copied.ts";
import { decimal, upToZero } from "./tar-fields.ts";

/** Starts and lengths of a sparse file's parts. */
export const mostNumbers = 1 << 21;
const newline = 0x0a;

/** Values of a PAX record that say something about a file's place, size or content. */
export interface Records {
  readonly values: Map<string, Uint8Array>;
  /** Offsets and lengths in turn, of the format that repeats its keys. */
  readonly numbers: Numbers;
}

/** A list that grows without an object for each. */
export class Numbers {
  #values = new Float64Array(0);
  count = 0;

  push(value: number): void {
    this.#values = grownSizes(this.#values, this.count + 1);
    this.#values[this.count] = value;
    this.count += 1;
  }

  get all(): Float64Array {
    return this.#values.subarray(0, this.count);
  }
}

export const noRecords = (): Records => ({ values: new Map(), numbers: new Numbers() });

/** `LENGTH KEY=VALUE\n`; what follows a broken record is lost. Answers what is wrong. */
export function readRecords(bytes: Uint8Array, into: Records): string | undefined {
  let res: string | undefined;
  for (let at = 0; at < bytes.length; ) {
    const digits = bytes.subarray(at, at + 9).indexOf(0x20);
    const length = digits === -1 ? undefined : decimal(textOf(bytes, at, at + digits));
    const end = at + (length ?? 0);
    if (length === undefined || length <= digits + 1 || end > bytes.length || bytes[end - 1] !== newline)
      return "a broken record";
    const record = bytes.subarray(at + digits + 1, end - 1);
    const equals = record.indexOf(0x3d);
    const why =
      equals > 0
        ? setRecord(textOf(record, 0, equals), record.subarray(equals + 1), into)
        : "a record without a key";
    res = why ?? res;
    at = end;
  }
  return res;
}

function setRecord(key: string, value: Uint8Array, into: Records): string | undefined {
  if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
    if (into.numbers.count < mostNumbers) into.numbers.push(decimal(textOf(value)) ?? Number.NaN);
    return undefined;
  }
  if (names.has(key)) into.values.set(key, upToZero(value));
  // An empty value takes a key back.
  else if (counts.has(key) && value.length > 0 && decimal(textOf(value)) === undefined)
    return `no number as ${key}`;
  else if (counts.has(key) || key === "GNU.sparse.map") into.values.set(key, copied(value));
  return undefined;
}

const names: ReadonlySet<string> = new Set(["path", "linkpath", "GNU.sparse.name"]);
const counts: ReadonlySet<string> = new Set([
  "size",
  "GNU.sparse.size",
  "GNU.sparse.realsize",
  "GNU.sparse.major",
]);

/** What says how one file's parts lie says nothing of another. */
export const isForAll = (key: string): boolean => key === "path" || key === "linkpath" || key === "size";
