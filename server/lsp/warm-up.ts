import type { ShellReader } from "../../core/dockerfile/shell.ts";
import { Judge, type Reading } from "../../core/judge.ts";
import { emptyWorld } from "../../core/world.ts";

const rounds = 40;
const pauseMilliseconds = 50;

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
 * Judges a made-up Dockerfile as if it were typed, so that the first keystrokes find compiled code. One round at a time,
 * and only while the client is quiet: a start does not wait for it, and neither does a key.
 */
export function warmUpWhenQuiet(shell: ShellReader, quiet: () => number): void {
  const judge = new Judge(shell);
  let reading: Reading | undefined;
  let round = 0;
  const step = (): void => {
    if (quiet() < pauseMilliseconds) {
      setTimeout(step, pauseMilliseconds).unref();
      return;
    }
    reading = judge.read("dockerfile", text(round), reading);
    judge.findings(reading, emptyWorld, {});
    round += 1;
    if (round < rounds) setImmediate(step);
  };
  step();
}
