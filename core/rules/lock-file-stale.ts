import type { Lock } from "../python/lock.ts";
import type { Requirement } from "../python/project.ts";
import { satisfies } from "../python/versions.ts";
import { noBytes } from "../size/bytes.ts";
import { measured } from "../size/size.ts";
import { defineRule } from "./rule.ts";

export const lockFileStale = defineRule({
  id: "lock-file-stale",
  on: "python",
  peers: [],
  summary: "The lock file does not have what the project asks for, so that its sizes are of something else.",
  docs: `
Sizes come from the lock file where there is one. A requirement that it does not have, or has in a version that the
project no longer allows, shows that it was not made anew since the project changed.

## Reported
\`\`\`toml
# lock: flask 3.0.0
[project]
name = "app"
dependencies = ["flask>=3.1"]
\`\`\`

## Not reported
\`\`\`toml
# lock: flask 3.1.0
[project]
name = "app"
dependencies = ["flask>=3.1"]
\`\`\`

\`\`\`toml
[project]
name = "app"
dependencies = ["flask>=3.1"]
\`\`\`
`,
  *check({ project, surroundings: { lock }, image }) {
    // What installs without the lock does not miss it.
    if (lock === undefined || project.kind !== "pyproject" || project.broken || image?.locked === false)
      return;
    const stale = project.requirements.find((it) => isMissing(lock, it));
    if (stale === undefined) return;
    const [locked] = lock.byName.get(stale.name) ?? [];
    yield {
      at: stale.nameAt,
      what: `${lock.path} is older than this file: ${locked === undefined ? `it does not have ${stale.name}` : `it has ${stale.name} ${locked.version ?? ""}`}`,
      nameFirst: true,
      why: `Sizes that come from it may be wrong; make it anew with ${commands[lock.kind]}.`,
      saving: measured(noBytes, "a lock file"),
      fixes: [],
    };
  },
});

const commands: Readonly<Record<Lock["kind"], string>> = {
  "uv.lock": "uv lock",
  "pylock.toml": "the tool that wrote it",
  "poetry.lock": "poetry lock",
  "pdm.lock": "pdm lock",
};

/** Locks leave out what markers rule out, and address what is no version. */
function isMissing(lock: Lock, { name, specifier, marker, url }: Requirement): boolean {
  if (marker !== undefined || url !== undefined) return false;
  const locked = lock.byName.get(name) ?? [];
  if (locked.length === 0) return true;
  const versions = locked.flatMap(({ version, source }) =>
    version === undefined || source !== "registry" ? [] : [version],
  );
  return versions.length === locked.length && !versions.some((it) => satisfies(it, specifier));
}
