/** Lists of requirements, and what all of a pyproject.toml's readers add to. */
import type { Span } from "../../text/span.ts";
import {
  dependencyGroup,
  extraGroup,
  type GroupHeader,
  type GroupId,
  type Inclusion,
  type NamedFile,
  type Requirement,
  type UnreadRequirement,
} from "../project.ts";
import { readRequirement } from "../requirement-text.ts";
import { type TomlEntry, textAt } from "../toml/nodes.ts";

export interface Found {
  readonly path: string;
  readonly requirements: Requirement[];
  readonly inclusions: Inclusion[];
  readonly headers: GroupHeader[];
  readonly files: NamedFile[];
  readonly unread: UnreadRequirement[];
}

/** A list of PEP 508 texts; `{ include-group = "…" }` and the project's own name take other groups in. */
export function readList(found: Found, group: GroupId, list: TomlEntry, ownName: string | undefined): void {
  found.headers.push({ group, at: list.keyAt, bodyAt: list.value.at });
  if (list.value.kind !== "list") return;
  for (const item of list.value.items) {
    if (item.kind === "table") {
      const included = textAt(item, "include-group");
      if (included !== undefined) {
        found.inclusions.push({ group, includes: dependencyGroup(included), at: item.at });
      }
    } else if (item.kind === "text") {
      const read = readRequirement(item.value);
      if (read === undefined) {
        found.unread.push({ text: item.value, at: item.at });
        continue;
      }
      if (read.name === ownName && read.extras.length > 0) {
        for (const extra of read.extras)
          found.inclusions.push({ group, includes: extraGroup(extra), at: item.at });
        continue;
      }
      const { name, extras, specifier, marker, url } = read;
      const start = item.at.start + 1 + read.start;
      const isPlain = read.start + read.nameLength <= item.plain;
      const nameAt: Span = isPlain ? { start, end: start + read.nameLength } : item.at;
      found.requirements.push({
        name,
        extras,
        specifier,
        marker,
        url,
        at: item.at,
        nameAt,
        group,
        path: found.path,
      });
    }
  }
}
