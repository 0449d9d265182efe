import { fullPython, python } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const project = `[project]
name = "app"
version = "1"
dependencies = []

[project.optional-dependencies]
dev = ["six"]

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
`;

export const proofs: readonly Proof[] = [
  {
    rule: "replaced-by-later-layer",
    title: "pip over the pip of the base image",
    dockerfile: `FROM ${python}
RUN pip install --no-cache-dir --upgrade pip && pip install --no-cache-dir six
CMD ["python3", "-c", "import six"]
`,
  },
  {
    rule: "replaced-by-later-layer",
    title: "one package in two versions",
    sizeUnknown: true,
    dockerfile: `FROM ${python}
RUN pip install --no-cache-dir six==1.16.0 iniconfig
RUN pip install --no-cache-dir six==1.17.0
CMD ["python3", "-c", "import six; assert six.__version__ == '1.17.0'"]
`,
  },
  {
    rule: "dev-dependencies-shipped",
    title: "an extra for development",
    sizeUnknown: true,
    files: { "pyproject.toml": project, "app.py": "print('ok')\n" },
    dockerfile: `FROM ${python}
WORKDIR /src
COPY pyproject.toml app.py ./
RUN pip install --no-cache-dir ".[dev]"
CMD ["python3", "-m", "app"]
`,
  },
  {
    rule: "dev-tool-in-runtime",
    title: "pytest among the requirements",
    requirements: "requirements.txt",
    files: { "requirements.txt": "six==1.17.0\npytest\n" },
    dockerfile: `FROM ${python}
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python3", "-c", "import six"]
`,
  },
  {
    rule: "bytecode-duplicated",
    title: "compiled by pip, and again",
    sizeUnknown: true,
    dockerfile: `FROM ${python}
RUN pip install --no-cache-dir six
RUN python3 -m compileall -q -f /usr/local/lib
CMD ["python3", "-c", "import six"]
`,
  },
  {
    rule: "large-base-image",
    title: "the full image where slim serves",
    bases: [fullPython, python],
    files: { "app.py": "print('ok')\n" },
    dockerfile: `FROM ${fullPython}
COPY app.py /app.py
CMD ["python3", "/app.py"]
`,
  },
];
