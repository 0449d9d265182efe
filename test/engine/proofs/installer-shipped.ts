import { debian, python } from "../support/bases.ts";
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
  {
    rule: "whole-tree-copied-from-stage",
    title: "pip installs into an environment that is copied",
    sizeUnknown: true,
    // The official images have their interpreter there.
    dockerfile: `FROM ${python} AS base
RUN seq 100000 > /usr/local/lib/interpreter
FROM base AS build
RUN pip install --no-cache-dir --no-compile six
FROM base
COPY --from=build /usr/local /usr/local
CMD ["python3", "-c", "import six"]
`,
  },
  {
    rule: "installer-shipped",
    title: "pip inside a copied environment",
    dockerfile: `FROM ${python} AS build
RUN python3 -m venv /opt/venv
RUN /opt/venv/bin/pip install --no-cache-dir six
FROM ${python}
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/python3", "-c", "import six"]
`,
  },
  {
    rule: "installer-shipped",
    title: "the distribution's pip, for one RUN",
    dockerfile: `FROM ${debian}
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && pip install --no-cache-dir --break-system-packages six && rm -rf /var/lib/apt/lists/*
CMD ["python3", "-c", "import six"]
`,
  },
];
