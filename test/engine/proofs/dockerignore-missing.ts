import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "dockerignore-missing",
    title: "version control and caches",
    files: { "src/main": 5_000, ".git/objects/pack/a.pack": 800_000, "src/a/__pycache__/a.pyc": 30_000 },
    dockerfile: `FROM ${debian}
COPY . /app
CMD ["ls", "/app/src/main"]
`,
  },
];
