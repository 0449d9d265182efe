import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const files = { "src/main": 5_000, "tests/test_main.py": 3_000, "tests/fixtures/rows.json": 700_000 };

export const proofs: readonly Proof[] = [
  {
    rule: "tests-copied",
    title: "a COPY of their own",
    files,
    dockerfile: `FROM ${debian}
COPY src /app/src
COPY tests /app/tests
CMD ["ls", "/app/src/main"]
`,
  },
  {
    rule: "tests-copied",
    title: "with the whole context",
    files,
    dockerfile: `FROM ${debian}
COPY . /app
CMD ["ls", "/app/src/main"]
`,
  },
];
