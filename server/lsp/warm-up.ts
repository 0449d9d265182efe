import type { ShellReader } from "../../core/dockerfile/shell.ts";
import { Judge } from "../../core/judge.ts";
import { emptyWorld } from "../../core/world.ts";

const rounds = 40;

const text = (round: number): string => `ARG BASE=debian:12
FROM \${BASE} AS base
ENV A=1 B="two"
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends \\
    # a comment
    curl package${round} \\
    && rm -rf /var/lib/apt/lists/*
FROM base AS build
COPY . .
RUN set -eux; if [ "\${A}" = "1" ]; then make; else pip install .; fi
FROM base
COPY --from=build --chown=1:1 /app /app
COPY tests ./tests
RUN chmod -R a+rX /app && rm -rf /tmp/*
CMD ["run"]
`;

/**
 * Judges a made-up Dockerfile as if it were typed, so that the first keystrokes find compiled code. It costs some tens
 * of milliseconds while the client is still starting; without it they fall on the first keystrokes.
 */
export function warmUp(shell: ShellReader): void {
  const judge = new Judge(shell);
  for (let round = 0; round < rounds; round += 1) {
    judge.findings(judge.read("dockerfile", text(round)), emptyWorld, {});
  }
}
