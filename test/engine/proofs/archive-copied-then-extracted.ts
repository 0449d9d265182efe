import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../built/support/places.ts";
import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const archive = execFileSync("tar", ["-C", join(root, "docs"), "-czf", "-", "rules"]);

export const proofs: readonly Proof[] = [
  {
    rule: "archive-copied-then-extracted",
    title: "ADD does both",
    files: { "pages.tar.gz": archive },
    dockerfile: `FROM ${debian}
COPY pages.tar.gz /tmp/pages.tar.gz
RUN mkdir -p /srv/pages && tar -xzf /tmp/pages.tar.gz -C /srv/pages
CMD ["ls", "/srv/pages/rules/README.md"]
`,
  },
];
