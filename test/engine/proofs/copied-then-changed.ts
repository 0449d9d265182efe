import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const files = { "app/main": 1_200_000, "app/lib/one": 300_000 };

export const proofs: readonly Proof[] = [
  {
    rule: "copied-then-changed",
    title: "another owner",
    files,
    dockerfile: `FROM ${debian}
COPY app /app
RUN chown -R 1000:1000 /app
USER 1000
CMD ["sh", "-c", "test -O /app/main && test -O /app/lib/one"]
`,
  },
  {
    rule: "copied-then-changed",
    title: "at least what the context has, and more of another stage",
    files,
    dockerfile: `FROM ${debian} AS build
RUN mkdir /out && seq 100000 > /out/data
FROM ${debian}
COPY --from=build /out /app/out
COPY app /app/app
RUN chown -R 1000 /app
USER 1000
CMD ["sh", "-c", "test -O /app/app/main && test -O /app/out/data"]
`,
  },
  {
    rule: "copied-then-changed",
    title: "a mode that changes nothing",
    files,
    dockerfile: `FROM ${debian}
COPY app /app
RUN mkdir -p /data && chmod -R a+rX /app
CMD ["ls", "/app/main", "/data"]
`,
  },
  {
    rule: "copied-then-changed",
    title: "an account of its own",
    files,
    dockerfile: `FROM ${debian}
COPY app /app
RUN useradd -r app && chown -R app:app /app
USER app
CMD ["sh", "-c", "test -O /app/main"]
`,
  },
  {
    rule: "copied-then-changed",
    title: "an executable script",
    files: { "run.sh": "#!/bin/sh\necho ok\n" },
    dockerfile: `FROM ${debian}
COPY run.sh /usr/local/bin/run.sh
RUN chmod +x /usr/local/bin/run.sh
CMD ["/usr/local/bin/run.sh"]
`,
  },
];
