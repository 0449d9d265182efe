import { removeCommand, removeInstruction } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import { cover } from "../text/span.ts";
import type { Manager } from "../tools/effect.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const upgradeInLayer = defineRule({
  id: "upgrade-in-layer",
  on: "dockerfile",
  peers: ["hadolint DL3005", "hadolint DL3017", "dockle DKL-DI-0003", "trivy DS-0024"],
  summary: "A RUN upgrades all packages: the base image's files stay below, each stored a second time.",
  docs: `
Whatever an upgrade replaces stays in the layers of the base image; the new files come on top. A base image of today
(\`docker build --pull\`, or a newer tag) holds them once. How much it is depends on the age of the base image.

Where the upgrade is there for security fixes that the base image does not have yet, keep it and silence the finding.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get -y upgrade && rm -rf /var/lib/apt/lists/*
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get -y install --only-upgrade --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
RUN apt-get update && apt-get -y upgrade

FROM debian:12
COPY --from=build /etc/hostname /etc/built-on
\`\`\`
`,
  *check(facts) {
    for (const { run, command, effect } of shippedSites(facts, "upgrade"))
      yield findingOf(facts, run, command, effect.manager);
  },
});

const peersOf: Partial<Record<Manager, readonly string[]>> = {
  apt: ["hadolint DL3005"],
  apk: ["hadolint DL3017"],
};

/** The rest of the RUN fetches the index for it, and cleans up after it. */
function isForUpgrade(run: RunInstruction, command: Command): boolean {
  const rest = run.commands.filter((it) => it !== command).map(({ effects }) => effects);
  const effects = rest.flatMap((it) => it ?? []);
  const cleans = effects.some(({ kind }) => kind === "uncache" || kind === "remove");
  return (
    cleans &&
    run.form === "shell" &&
    rest.every((it) => it !== undefined) &&
    effects.every(
      (it) =>
        it.kind === "uncache" ||
        it.kind === "cache" ||
        it.kind === "nothing" ||
        (it.kind === "remove" && it.paths.every(({ path }) => /^\/var\/(?:cache|lib\/apt)\//.test(path))),
    )
  );
}

function findingOf(facts: Facts, run: RunInstruction, command: Command, manager: Manager): Finding {
  const [program, action] = command.words;
  return {
    at: program && action ? cover(program.at, action.at) : command.at,
    what: "all packages are upgraded on top of the base image",
    why: "What they replace stays in the layers below. A newer base image holds them once.",
    peers: peersOf[manager] ?? [],
    saving: unknownSize("it depends on the age of the base image"),
    get fixes(): readonly Fix[] {
      const removal = isForUpgrade(run, command)
        ? removeInstruction(facts, run)
        : removeCommand(facts, run, command);
      return removal === undefined
        ? []
        : [
            {
              title: "Take the upgrade out, and build on a newer base image",
              safety: "review",
              edits: [removal],
            },
          ];
    },
  };
}
