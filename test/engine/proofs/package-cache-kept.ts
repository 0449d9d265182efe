import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "package-cache-kept",
    title: "apt's package lists",
    dockerfile: `FROM ${debian}
RUN apt-get update && apt-get install -y --no-install-recommends tini
CMD ["tini", "--version"]
`,
  },
  {
    rule: "package-cache-kept",
    title: "apt's downloads, where the base image's own rule is taken away",
    dockerfile: `FROM ${debian}
RUN rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update \\
    && apt-get install -y --no-install-recommends tini sqlite3 && rm -rf /var/lib/apt/lists/*
CMD ["sqlite3", "--version"]
`,
  },
];
