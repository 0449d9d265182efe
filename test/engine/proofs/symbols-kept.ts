import { golang } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

export const proofs: readonly Proof[] = [
  {
    rule: "symbols-kept",
    title: "a Go program without its symbol table",
    sizeUnknown: true,
    files: {
      "main.go": 'package main\n\nfunc main() { println("ok") }\n',
      "go.mod": "module app\n\ngo 1.19\n",
    },
    dockerfile: `FROM ${golang}
WORKDIR /src
COPY main.go go.mod ./
RUN --mount=type=cache,target=/root/.cache/go-build go build -o /usr/local/bin/app .
CMD ["app"]
`,
  },
];
