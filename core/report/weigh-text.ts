/** What `plimsoll weigh` prints for people: requirements, groups, and the largest packages. */
import type { ShippedPython } from "../python/shipped.ts";
import { targetLabel } from "../python/target.ts";
import { totalOf } from "../python/total.ts";
import type { WeighedPackage } from "../python/weigh.ts";
import { howKnown, middleOf, type Size, sizeLabel } from "../size/size.ts";
import type { PaintText } from "./check-text.ts";
import { counted } from "./savings.ts";
import type { WeighReport } from "./weigh-json.ts";

export interface WeighTextReport extends WeighReport {
  /** Chosen extras and groups, for people: "ml". */
  readonly chosen: readonly string[];
  readonly lockPath: string | undefined;
  readonly images: readonly ShippedPython[];
}

/** Rows of the last table; the rest is summed up in one line. */
const mostPackages = 25;
/** Distributions of one family (`nvidia-…`) are one row from this many on. */
const familySize = 5;

export function weighText(report: WeighTextReport, paint: PaintText): string {
  const { weighed, chosen, lockPath, images } = report;
  const others = images.filter(
    (it) => it.groups.length > 0 || targetLabel(it.target) !== targetLabel(weighed.target),
  );
  const head = [
    `${paint("bold", report.project)}: ${sizeLabel(weighed.total)} in ${counted(weighed.packages.length, "package")}, ${["runtime", ...chosen].join(" + ")}`,
    paint("dim", `${targetLabel(weighed.target)}, as ${weighed.target.why}; ${lockPath ?? "no lock file"}`),
    paint("dim", howKnown(weighed.total)),
    ...others.map((it) =>
      paint("dim", `${it.dockerfile} installs ${groupsLabel(it)}for ${targetLabel(it.target)}`),
    ),
  ];
  return `${[...head, "", ...requirementRows(report, paint), "", ...groupRows(report, paint), "", ...packageRows(report, paint)].join("\n")}\n`;
}

/** "project, extra ml ", with the blank behind it. */
const groupsLabel = ({ groups }: ShippedPython): string =>
  groups.length === 0 ? "" : `${groups.map(groupLabel).join(", ")} `;

function requirementRows({ weighed, lineOf }: WeighTextReport, paint: PaintText): readonly string[] {
  const rows = weighed.requirements.map(({ requirement, own, closure, dominated }) => [
    `${requirement.path}:${lineOf(requirement) + 1}`,
    requirement.name,
    groupLabel(requirement.group),
    sizeLabel(own),
    sizeLabel(closure),
    sizeLabel(dominated),
  ]);
  return table(["line", "requirement", "group", "own", "with all it needs", "goes with it"], rows, 3, paint);
}

function groupRows({ weighed }: WeighTextReport, paint: PaintText): readonly string[] {
  const rows = weighed.groups.map(({ group, installed, closure, dominated }) => [
    groupLabel(group),
    installed ? "yes" : "",
    sizeLabel(closure),
    sizeLabel(dominated),
  ]);
  return table(["group", "counted", "with all it needs", "adds to the rest"], rows, 2, paint);
}

function packageRows({ weighed }: WeighTextReport, paint: PaintText): readonly string[] {
  const rows = familiesOf(weighed.packages);
  const shown = rows
    .slice(0, mostPackages)
    .map((it) => [it.name, it.version, sizeLabel(it.size), listed(it.requiredBy)]);
  const rest = rows.length - shown.length;
  return [
    ...table(["package", "version", "size", "needed by"], shown, 2, paint, 3),
    ...(rest > 0 ? [paint("dim", `and ${rest} smaller ones`)] : []),
  ];
}

interface PackageLine {
  readonly name: string;
  readonly version: string;
  readonly size: Size;
  readonly requiredBy: readonly string[];
}

function familiesOf(packages: readonly WeighedPackage[]): readonly PackageLine[] {
  const families = new Map<string, WeighedPackage[]>();
  for (const it of packages) {
    const family = it.node.name.split("-")[0] ?? "";
    families.set(family, [...(families.get(family) ?? []), it]);
  }
  const lines: PackageLine[] = [];
  for (const [family, members] of families) {
    if (members.length < familySize) {
      for (const { node, size, requiredBy } of members) {
        lines.push({ name: node.name, version: node.version ?? "", size, requiredBy });
      }
      continue;
    }
    const names = new Set(members.map((it) => it.node.name));
    const requiredBy = [...new Set(members.flatMap((it) => it.requiredBy))]
      .filter((it) => !names.has(it))
      .sort();
    const size = totalOf(
      members.map((it) => ({ name: it.node.name, size: it.size })),
      "their sum",
    );
    lines.push({ name: `${family}-* (${members.length} packages)`, version: "", size, requiredBy });
  }
  return lines.sort((a, b) => (middleOf(b.size) ?? -1) - (middleOf(a.size) ?? -1));
}

const groupLabel = (group: string): string => (group === "project" ? "runtime" : group.replace(":", " "));

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

/** Columns from `right` up to `left` are numbers. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: number,
  paint: PaintText,
  left = head.length,
): readonly string[] {
  const widths = head.map((it, index) =>
    Math.max(it.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((it, index) =>
        index >= right && index < left ? it.padStart(widths[index] ?? 0) : it.padEnd(widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [paint("dim", line(head)), ...rows.map(line)];
}
