import { chainAfter, chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import { insertReplacement } from "../dockerfile/edits.ts";
import type { Facts, Instruction, RunInstruction } from "../dockerfile/facts.ts";
import { isWithin } from "../dockerfile/paths.ts";
import { bytes } from "../size/bytes.ts";
import { type Estimated, estimated, middleOf } from "../size/size.ts";
import { insertAt } from "../text/edit.ts";
import type { Effect, InstallEffect } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const docsAndLocalesKept = defineRule({
  id: "docs-and-locales-kept",
  on: "dockerfile",
  peers: [],
  summary: "Packages are unpacked with their manual pages, documentation and translations.",
  docs: `
Nothing in a container reads \`/usr/share/doc\`, \`/usr/share/man\` and the translations below \`/usr/share/locale\` unless
somebody asks for them. Debian's slim images tell dpkg to leave them out; its other images do not. dpkg obeys a file below
\`/etc/dpkg/dpkg.cfg.d\`; deleting them in the same \`RUN\` does it too, in a later one it frees nothing. Texts named
\`copyright\` stay.

It is said from a megabyte on, once for an image, with what all its installs bring. Slim images and Ubuntu's leave them
out already, Alpine has them in packages of their own, Fedora's and CentOS's images set \`tsflags=nodocs\`.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends git \\
    && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY no-docs /etc/dpkg/dpkg.cfg.d/no-docs
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
\`\`\`
`,
  examplePrices: true,
  *check(facts, world) {
    for (const stage of facts.stages) {
      if (!stage.shipped || stage.parent !== undefined || !isFullDebian(stage.baseImage)) continue;
      const finding = findingOf(facts, world, stage.from);
      if (finding !== undefined) yield finding;
    }
  },
});

/** Other images on Debian have a slim kin of their own or start from one. */
const isFullDebian = (image: string | undefined): boolean =>
  /^(?:docker\.io\/)?(?:library\/)?(?:debian|buildpack-deps)(?::(?!.*slim)|$)/.test(image ?? "");

/** Less than this is not worth a line in a file. */
const notable = 1_000_000;

interface Install {
  readonly run: RunInstruction;
  readonly effect: InstallEffect;
  readonly size: Estimated;
}

function findingOf(facts: Facts, world: World, from: Instruction): Finding | undefined {
  const installs = chainAfter(facts, from).flatMap((it) =>
    it.kind === "run" ? installsIn(facts, world, it) : [],
  );
  const [first, ...others] = installs;
  if (first?.effect.action === undefined) return undefined;
  const { run, effect, size } = first;
  const saving = estimated(
    bytes(installs.reduce((sum, it) => sum + it.size.low, 0)),
    bytes(installs.reduce((sum, it) => sum + it.size.high, 0)),
    size.basis,
  );
  if ((middleOf(saving) ?? 0) < notable) return undefined;
  return {
    at: first.effect.action.at,
    what: "packages bring their manual pages, documentation and translations along",
    why: "No program needs them. Debian's slim images are set to leave them out.",
    saving,
    related: others.flatMap(({ effect: { action } }) =>
      action === undefined ? [] : [{ at: action.at, message: "These packages too" }],
    ),
    get fixes() {
      return [...exclusion(run, effect), ...slim(facts, from)];
    },
  };
}

function installsIn(facts: Facts, world: World, run: RunInstruction): readonly Install[] {
  if ([run, ...chainBefore(facts, run)].some(leavesOut)) return [];
  // Packages that are gone at the end of the RUN leave nothing.
  const last = run.commands.findLastIndex(({ runs, effects }) => runs !== "never" && effects?.some(removes));
  return run.commands.flatMap(({ runs, effects }, index) =>
    runs !== "always" || index < last
      ? []
      : (effects ?? []).flatMap((effect) => {
          if (effect.kind !== "install") return [];
          const { recommends, manager } = effect;
          const all = effect.packages.flatMap(({ name }) => name ?? []);
          const base = packageBaseAt(facts, run, manager);
          const size = world.packageSizes?.documentation({ all, recommends, base });
          const isRange = size?.kind === "estimated" && size.high !== undefined;
          return isRange && all.length > 0 ? [{ run, effect, size }] : [];
        }),
  );
}

const removes = ({ kind }: Effect): boolean => kind === "uninstall";

const places = ["/usr/share/doc", "/usr/share/man", "/usr/share/locale"];
const settings = "/etc/dpkg";

/** Settings of dpkg, or a deletion in the same layer. */
const leavesOut = (it: Instruction): boolean =>
  it.kind === "copy"
    ? it.destinationPath !== undefined && isWithin(it.destinationPath, settings)
    : it.kind === "run" &&
      (it.opaque !== undefined ||
        it.commands.some(({ effects }) =>
          effects?.some(
            (effect) =>
              (effect.kind === "remove" &&
                effect.paths.some(({ path }) => places.some((one) => isWithin(path, one)))) ||
              (effect.kind === "create" && effect.paths.some(({ path }) => isWithin(path, settings))),
          ),
        ));

const lines = [
  "path-exclude /usr/share/doc/*",
  "path-include /usr/share/doc/*/copyright",
  "path-exclude /usr/share/man/*",
  "path-exclude /usr/share/locale/*",
];

/** In the RUN that installs, so that what it writes is in force for this layer and those above. */
function exclusion(run: RunInstruction, { action }: InstallEffect): readonly Fix[] {
  const [first] = run.commands;
  if (run.appendAt === undefined || first === undefined || action === undefined) return [];
  const command = `printf '%s\\n' ${lines.map((it) => `'${it}'`).join(" ")} > ${settings}/dpkg.cfg.d/no-docs`;
  return [
    {
      title: "Tell dpkg to leave them out",
      safety: "review",
      edits: [insertAt(run.flagAt, `${command} && `)],
    },
  ];
}

/** The same packages without these files. */
function slim(facts: Facts, from: Instruction): readonly Fix[] {
  const [word] = from.kind === "other" ? from.words : [];
  const [, name, tag] = /^(debian):([\w.]+|[a-z]+-\d{8})$/.exec(word?.text ?? "") ?? [];
  if (word === undefined || tag === undefined) return [];
  const edit = insertReplacement(
    facts,
    word,
    tag === "latest" ? `${name}:stable-slim` : `${name}:${tag}-slim`,
  );
  return edit === undefined
    ? []
    : [{ title: `Start from ${edit.insert}, which is set so`, safety: "review", edits: [edit] }];
}
