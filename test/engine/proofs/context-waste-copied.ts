import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const files = {
  "src/main": 5_000,
  ".venv/pyvenv.cfg": "home = /usr/bin\n",
  ".venv/lib/python3.11/site-packages/big.so": 900_000,
  "src/__pycache__/main.pyc": 4_000,
};

export const proofs: readonly Proof[] = [
  {
    rule: "context-waste-copied",
    title: "named by the COPY",
    files,
    dockerfile: `FROM ${debian}
COPY src/main /app/main
COPY .venv /app/.venv
CMD ["ls", "/app/main"]
`,
  },
  {
    rule: "context-waste-copied",
    title: "let through by the ignore file",
    files: { ...files, ".dockerignore": "dist\n" },
    dockerfile: `FROM ${debian}
COPY . /app
CMD ["ls", "/app/src/main"]
`,
  },
];
