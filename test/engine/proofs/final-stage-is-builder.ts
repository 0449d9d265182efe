import { golang, slimDebian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "final-stage-is-builder",
    title: "a Go program in a slim image",
    bases: [golang, slimDebian],
    files: {
      "main.go":
        'package main\n\nimport "os"\n\nfunc main() {\n\t_, err := os.ReadFile("templates/page")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n}\n',
      "go.mod": "module app\n\ngo 1.19\n",
      "templates/page": 300,
    },
    dockerfile: `FROM ${golang}
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build go build -ldflags="-s -w" -o server .
RUN useradd -r web
USER web
CMD ["./server"]
`,
  },
];
