import { python } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "installer-shipped",
    title: "uv installed by pip for one RUN",
    dockerfile: `FROM ${python}
RUN pip install --no-cache-dir --no-compile uv && uv pip install --no-cache --system six
CMD ["python3", "-c", "import six"]
`,
  },
  {
    rule: "whole-tree-copied-from-stage",
    title: "a virtual environment instead of /usr/local",
    sizeUnknown: true,
    dockerfile: `FROM ${python} AS base
RUN pip install --no-cache-dir --no-compile uv
FROM base AS build
RUN uv pip install --no-cache --system six
FROM base
COPY --from=build /usr/local /usr/local
CMD ["python3", "-c", "import six"]
`,
  },
];
