/** What `plimsoll weigh --format json` prints (docs/weigh.schema.json). Invariant: field names never change meaning. */
import type { Requirement } from "../python/project.ts";
import type { Weighed } from "../python/weigh.ts";
import { sizeJson } from "./size-json.ts";

export interface WeighReport {
  /** Name of the project, else the path of its file. */
  readonly project: string;
  readonly weighed: Weighed;
  /** Line of a requirement in its own file, from 0. */
  readonly lineOf: (requirement: Requirement) => number;
}

export function weighJson({ project, weighed, lineOf }: WeighReport): object {
  const { target, total, requirements, packages } = weighed;
  return {
    project,
    python: target.python,
    platform: `linux ${target.machine} ${target.libc.kind} ${target.libc.major}.${target.libc.minor}`,
    total: sizeJson(total),
    requirements: requirements.map(({ requirement, own, closure, dominated }) => ({
      path: requirement.path,
      line: lineOf(requirement),
      name: requirement.name,
      group: requirement.group,
      own: sizeJson(own),
      closure: sizeJson(closure),
      dominated: sizeJson(dominated),
    })),
    packages: packages.map(({ node, size, requiredBy }) => ({
      name: node.name,
      version: node.version ?? null,
      bytes: sizeJson(size),
      requiredBy,
    })),
  };
}
