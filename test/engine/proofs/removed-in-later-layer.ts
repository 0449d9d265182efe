import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "removed-in-later-layer",
    title: "copied for one RUN",
    files: { "big.bin": 1_000_000 },
    dockerfile: `FROM ${debian}
COPY big.bin /tmp/big.bin
RUN sha256sum /tmp/big.bin > /sum && rm /tmp/big.bin
CMD ["cat", "/sum"]
`,
  },
  {
    rule: "removed-in-later-layer",
    title: "made by an earlier RUN",
    sizeUnknown: true,
    dockerfile: `FROM ${debian}
RUN seq 200000 > /tmp/numbers && tail -n 1 /tmp/numbers > /last
RUN rm /tmp/numbers
CMD ["cat", "/last"]
`,
  },
];
