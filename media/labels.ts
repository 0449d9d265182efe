import { bytes, bytesLabel } from "../core/size/bytes.ts";
import type { HiddenKind, NodeKind, PackageFacts } from "../protocol/tree.ts";

export const sizeOf = (count: number): string => bytesLabel(bytes(Math.max(0, Math.round(count))));

export const filesOf = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`;

/** Without a digit that pretends: "3.4 %", "< 0.1 %". */
export function shareOf(part: number, whole: number): string {
  if (whole <= 0) return "";
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}

interface Described {
  readonly kind: NodeKind;
  readonly name: string;
  readonly path?: string;
  readonly bytes: number;
  readonly files: number;
  readonly wasted: number;
  readonly stated?: true;
}

/** For screen readers and tooltips: name, size, share, waste. */
export function describe(node: Described, whole: number): string {
  const share = whole > 0 ? `, ${shareOf(node.bytes, whole)} of what is shown` : "";
  const wasted = node.wasted > 0 ? `, ${sizeOf(node.wasted)} hidden by later layers` : "";
  const files = node.files > 0 ? `, ${filesOf(node.files)}` : "";
  const stated = node.stated === true ? ", not read yet" : "";
  return `${node.path ?? node.name}: ${sizeOf(node.bytes)}${stated}${share}${files}${wasted}`;
}

export const hiddenLabels: Readonly<Record<HiddenKind, string>> = {
  deleted: "deleted",
  overwritten: "overwritten",
  metadataOnly: "stored again, only metadata changed",
};

export const shortHidden: Readonly<Record<HiddenKind, string>> = {
  deleted: "deleted",
  overwritten: "overwritten",
  metadataOnly: "metadata only",
};

const ecosystems: Readonly<Record<string, string>> = {
  deb: "Debian",
  apk: "Alpine",
  rpm: "RPM",
  conda: "Conda",
  python: "Python",
  npm: "Node",
  gem: "Ruby",
  go: "Go",
  rust: "Rust",
  java: "Java",
};

export const ecosystemOf = (id: string): string => ecosystems[id] ?? id;

const mostNames = 3;

/** "a, b, c and 4 more" */
export function namesOf(names: readonly string[], most = mostNames): string {
  const left = names.length - most;
  return left > 0 ? `${names.slice(0, most).join(", ")} and ${left} more` : names.join(", ");
}

/** Why a package is there; "" where nothing tells. */
export function whyThere({ requested, neededBy }: Pick<PackageFacts, "requested" | "neededBy">): string {
  const needed = neededBy.length > 0 ? `needed by ${namesOf(neededBy)}` : "";
  if (requested === true) return needed === "" ? "asked for" : `asked for, ${needed}`;
  if (needed !== "") return needed;
  return requested === false ? "pulled in" : "";
}
