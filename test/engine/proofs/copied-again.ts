import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "copied-again",
    title: "a tree that both stages inherit",
    files: { "tool/run": 1_500_000, "tool/lib": 500_000 },
    dockerfile: `FROM ${debian} AS base
COPY tool /opt/tool
FROM base AS build
WORKDIR /src
RUN echo made > /src/made
FROM base
COPY --from=build /opt/tool /opt/tool
COPY --from=build /src/made /srv/made
CMD ["ls", "/opt/tool/run", "/srv/made"]
`,
  },
];
