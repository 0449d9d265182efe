import { oldDebian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "sparse-user-log",
    title: "a number far away",
    dockerfile: `FROM ${oldDebian}
RUN useradd --uid 200000 app
USER app
CMD ["true"]
`,
  },
];
