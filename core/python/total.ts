/** Sums of sizes. Invariant: what is unknown never counts as nothing; the sum says what it leaves out. */
import { addBytes, type Bytes, noBytes } from "../size/bytes.ts";
import { estimated, measured, type Size, unknownSize } from "../size/size.ts";

export interface NamedSize {
  readonly name: string;
  readonly size: Size;
}

/** Longest list of names in a sentence. */
const mostNames = 4;

/** `basis` says for people what the parts are. */
export function totalOf(parts: readonly NamedSize[], basis: string): Size {
  if (parts.length === 0) return measured(noBytes, "nothing is installed");
  let [low, high]: [Bytes, Bytes | undefined] = [noBytes, noBytes];
  let certain = true;
  const unknown: string[] = [];
  const sources = new Set<string>();
  for (const { name, size } of parts) {
    switch (size.kind) {
      case "measured":
        low = addBytes(low, size.bytes);
        high = high === undefined ? undefined : addBytes(high, size.bytes);
        sources.add(size.from);
        break;
      case "estimated":
        certain = false;
        low = addBytes(low, size.low);
        high = high === undefined || size.high === undefined ? undefined : addBytes(high, size.high);
        break;
      case "unknown":
        certain = false;
        unknown.push(name);
    }
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only.size;
  if (unknown.length === parts.length) return unknownSize(`none of the sizes of ${listed(unknown)} is known`);
  if (certain) return measured(low, [...sources].join(", "));
  const without = unknown.length === 0 ? "" : `, without ${listed(unknown)} of unknown size`;
  return estimated(low, high, `${basis}${without}`);
}

const listed = (names: readonly string[]): string =>
  names.length <= mostNames
    ? names.join(", ")
    : `${names.slice(0, mostNames).join(", ")} and ${names.length - mostNames} more`;
