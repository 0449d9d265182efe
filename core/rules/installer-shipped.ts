import { buildBackends } from "../dockerfile/build-backends.ts";
import { packageBaseAt } from "../dockerfile/chain.ts";
import { pipPackages, pipRemoval } from "../dockerfile/distribution-pip.ts";
import { addAfter, addFlag, appendCommand, insertBefore, removeInstruction } from "../dockerfile/edits.ts";
import type { CopyInstruction, Facts, Instruction, RunInstruction, Word } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { mentions, usersOf } from "../dockerfile/mentions.ts";
import { baseName, isWithin, withoutSlash } from "../dockerfile/paths.ts";
import { pythonTag } from "../dockerfile/python-base.ts";
import { withoutRequirements } from "../dockerfile/python-edits.ts";
import { runsAtStart } from "../dockerfile/runtime.ts";
import { shippedSites, sitesOf } from "../dockerfile/sites.ts";
import { measuredLayer } from "../link/measurements.ts";
import { pipSize, setuptoolsSize, sumOfEstimates, uvSize, wheelSize } from "../size/installer-sizes.ts";
import { type Size, unknownSize } from "../size/size.ts";
import { lineBreakOf } from "../text/lines.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const installerShipped = defineRule({
  id: "installer-shipped",
  on: "dockerfile",
  peers: [],
  summary:
    "A package installer (uv, poetry, pdm, pip, setuptools) ships though nothing runs it in a container.",
  docs: `
uv, poetry and pdm serve the build. A container that starts its program directly does not need them. Give the binary to
the \`RUN\` that uses it as a bind mount, install it in a stage that does not ship, or take it away in the same \`RUN\`.

An environment made by \`python -m venv\` holds a pip of its own, which the image that takes it does not need either.

Neither need setuptools and wheel that are installed beside pip by habit, nor the distribution's pip (\`python3-pip\`) that
stays after it did its work. A version that somebody names is wanted, and so are they where the Dockerfile names
\`setup.py\`, \`pkg_resources\` or an editable install. What the base image holds already is not worth a word: a later layer
cannot take it away.

Nothing is reported where \`CMD\`, \`ENTRYPOINT\` or \`HEALTHCHECK\` run the installer, or start a task runner, whose
programs the Dockerfile does not name. A start script is read where the build context or the Dockerfile holds it, with
the scripts that it calls, and so are the services of s6-overlay; one that cannot be read may run anything.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev
CMD ["/app/.venv/bin/uvicorn", "app:app"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/gunicorn", "app:app"]
\`\`\`

\`\`\`dockerfile
FROM debian:12-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends python3 python3-pip \\
    && pip install --no-cache-dir --break-system-packages flask \\
    && rm -rf /var/lib/apt/lists/*
CMD ["python3", "app.py"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir setuptools wheel && pip install --no-cache-dir flask
CMD ["gunicorn", "app:app"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir "setuptools<81" flask
CMD ["gunicorn", "app:app"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim AS build
RUN python -m venv --without-pip /opt/venv && pip --python /opt/venv install --no-cache-dir flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/gunicorn", "app:app"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=from=ghcr.io/astral-sh/uv:0.9,source=/uv,target=/bin/uv \\
    --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev
CMD ["/app/.venv/bin/uvicorn", "app:app"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
CMD ["uv", "run", "app.py"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENTRYPOINT ["/entrypoint.sh"]
\`\`\`
`,
  *check(facts, world) {
    yield* inEnvironments(facts, world);
    for (const it of facts.shipped) {
      if (it.kind === "copy") yield* copied(facts, world, it);
    }
    yield* byScripts(facts, world);
    yield* byPip(facts, world);
    yield* carried(facts, world);
    yield* byDistribution(facts, world);
    yield* backends(facts, world);
  },
});

const uvImage = /^(?:ghcr\.io\/astral-sh\/uv|astral\/uv|docker\.io\/astral\/uv)(?:[:@].*)?$/;
function* copied(facts: Facts, world: World, copy: CopyInstruction): Generator<Finding> {
  if (!uvImage.test(copy.from?.text ?? "") || runsAtStart(facts, world.context, "uv") !== false) return;
  if (runsAtStart(facts, world.context, "uvx") !== false) return;
  const [first] = copy.sources;
  if (first === undefined) return;
  yield {
    at: first.at,
    what: "uv ships, and no container runs it",
    nameFirst: true,
    why: "It installs packages during the build only. The RUN that needs it can have it as a bind mount.",
    saving: measuredLayer(facts, world, copy) ?? uvSize,
    get fixes() {
      return mountFixes(facts, copy);
    },
  };
}

function mountFixes(facts: Facts, copy: CopyInstruction): readonly Fix[] {
  const { destinationPath } = copy;
  const image = copy.from?.text;
  if (destinationPath === undefined || image === undefined) return [];
  const names = copy.sources.map(({ text }) => baseName(text ?? ""));
  if (names.some((it) => it !== "uv" && it !== "uvx")) return [];
  const users = usersOf(facts, copy).filter((it) => names.some((name) => mentions(it, `/${name}`)));
  // A stage that copies it on, or a script of another program, needs the file itself.
  if (users.some((it) => it.kind !== "run" || it.opaque !== undefined || it.form === "exec")) return [];
  const flags = (it: Instruction): string =>
    names
      .filter((name) => name === "uv" || mentions(it, "/uvx"))
      .map((name) => `--mount=from=${image},source=/${name},target=${placeOf(destinationPath, name)}`)
      .join(" ");
  return [
    {
      title: "Give uv to the RUNs that use it as a bind mount (BuildKit)",
      safety: "review",
      edits: [
        removeInstruction(facts, copy),
        ...users.flatMap((it) => (it.kind === "run" ? [addFlag(it, flags(it))] : [])),
      ],
    },
  ];
}

const placeOf = (destination: string, name: string): string =>
  destination.endsWith("/") ? `${withoutSlash(destination)}/${name}` : destination;

function* byScripts(facts: Facts, world: World): Generator<Finding> {
  for (const { run, effect } of shippedSites(facts, "installer-script")) {
    const { installs, address } = effect;
    const finding = installs === "pip" ? undefined : shipped(facts, world, run, installs, address);
    if (installs === "pip" || finding === undefined) continue;
    yield {
      ...finding,
      get fixes() {
        return stageFixes(facts, run, installs);
      },
    };
  }
}

function* byPip(facts: Facts, world: World): Generator<Finding> {
  for (const { run, effect } of shippedSites(facts, "python-install")) {
    for (const { name, word } of effect.selection === undefined ? effect.requirements : []) {
      const tool = installers.find((it) => it === name);
      const finding = tool && !isTakenAway(run, tool) && shipped(facts, world, run, tool, word);
      if (tool === undefined || finding === false || finding === undefined) continue;
      yield {
        ...finding,
        get fixes() {
          return uninstallFixes(facts, run, tool);
        },
      };
    }
  }
}

/** What pip puts beside the packages that a COPY takes on: `pip install --user --upgrade pip`, then `/root/.local`. */
function* carried(facts: Facts, world: World): Generator<Finding> {
  for (const { run, command, effect: install } of sitesOf(facts, "python-install")) {
    if (facts.shipped.includes(run) || install.selection !== undefined || !install.dependencies) continue;
    const carrier = shipsFrom(facts, run, install.into);
    const named = install.requirements.filter(
      ({ name }) =>
        (name === "pip" && !isInside(facts, install.into)) || installers.some((it) => it === name),
    );
    const found = named.filter(({ name }) => runsAtStart(facts, world.context, name ?? "") === false);
    const [first] = found;
    if (
      first === undefined ||
      carrier === undefined ||
      carrier === "layer" ||
      losesPip(facts, run, install.into)
    )
      continue;
    const names = found.map(({ name }) => name ?? "");
    const isOne = names.length === 1;
    yield {
      at: first.word.at,
      what: `${names.join(", ")} ${isOne ? "ships" : "ship"} with ${install.into}, and no container runs ${isOne ? "it" : "them"}`,
      nameFirst: true,
      why: "The COPY takes all that lies there. Only the build uses what installs packages.",
      saving: names.every((it) => it === "pip")
        ? pipSize(install.compiles)
        : names.every((it) => it === "uv")
          ? uvSize
          : unknownSize("what they depend on comes along; analyze the built image to measure it"),
      related: [{ at: carrier.at, message: "This COPY takes it into the image that ships" }],
      get fixes(): readonly Fix[] {
        // The base image has a pip; another installer may be what the next line calls.
        const tag = pythonTag(facts.stages[run.stage]?.baseImage);
        const isUsed = names.some((it) => it !== "pip") || tag === undefined || install.into.endsWith("/lib");
        const words = found.map(({ word }) => word);
        const edits = isUsed ? undefined : withoutRequirements(facts, run, command, install, words);
        return edits === undefined
          ? []
          : [{ title: "Use the pip of the base image", safety: "review", edits }];
      },
    };
  }
}

/** An environment that has a pip from the start is a finding of its own. */
const isInside = (facts: Facts, folder: string): boolean =>
  sitesOf(facts, "environment").some(({ effect }) => effect.installer && effect.folder.path === folder);

/** pip that an environment got when it was made, and that the image which takes the environment never runs. */
function* inEnvironments(facts: Facts, world: World): Generator<Finding> {
  for (const { run, effect } of sitesOf(facts, "environment")) {
    if (!effect.installer) continue;
    const { path, word } = effect.folder;
    const carrier = shipsFrom(facts, run, path);
    if (carrier === undefined || losesPip(facts, run, path)) continue;
    const last = carrier === "layer" ? run : carrier;
    const users = facts.shipped.filter((it) => it.index > last.index);
    if (
      runsAtStart(facts, world.context, "pip") !== false ||
      users.some((it) => mentions(it, "/pip") || mentions(it, "/pip3"))
    )
      continue;
    if (carrier === "layer") {
      const used = run.commands.some(({ words }) => /pip3?$/.test(words[0]?.text ?? ""));
      if (used) yield inOwnLayer(facts, run, path, word);
      continue;
    }
    yield {
      at: word.at,
      what: "pip ships inside the environment, and no container runs it",
      nameFirst: true,
      why: "An environment gets a pip of its own when it is made. Only the build uses it.",
      saving: pipSize(true),
      related: [{ at: carrier.at, message: "This COPY takes it into the image that ships" }],
      get fixes() {
        return withoutPip(facts, run, carrier, path);
      },
    };
  }
}

/** Made, filled and left in one RUN that ships. */
function inOwnLayer(facts: Facts, run: RunInstruction, path: string, word: Word): Finding {
  return {
    at: word.at,
    what: "pip stays inside the environment, and no container runs it",
    nameFirst: true,
    why: "An environment gets a pip of its own when it is made. Once the packages are there, nothing uses it.",
    saving: pipSize(true),
    get fixes(): readonly Fix[] {
      const appended = appendCommand(facts, run, `${path}/bin/pip uninstall -y pip`);
      return appended === undefined
        ? []
        : [{ title: "Uninstall pip at the end of the RUN", safety: "review", edits: [appended] }];
    },
  };
}

const losesPip = (facts: Facts, run: RunInstruction, folder: string): boolean =>
  facts.instructions.some(
    (it) =>
      it.kind === "run" &&
      it.stage === run.stage &&
      (it.opaque !== undefined ||
        isTakenAway(it, "pip") ||
        it.commands.some((one) => removesIn(one, folder))),
  );

const removesIn = ({ effects }: RunInstruction["commands"][number], folder: string): boolean =>
  effects?.some(
    (it) => it.kind === "remove" && it.paths.some(({ path }) => isWithin(path, folder) && /pip/.test(path)),
  ) === true;

/** At the end of the stage: what is copied from it is what it holds then. */
function withoutPip(
  facts: Facts,
  run: RunInstruction,
  carrier: CopyInstruction,
  folder: string,
): readonly Fix[] {
  const stage = facts.stages[run.stage];
  const last = stage?.instructions.findLast((it) => it.kind === "run");
  const isParent = facts.stages.some(({ parent }) => parent === run.stage);
  if (last === undefined || isParent || carrier.fromStage !== run.stage) return [];
  return [
    {
      title: "Uninstall pip at the end of the building stage",
      safety: "review",
      edits: [addAfter(facts, last, `RUN ${folder}/bin/pip uninstall -y pip`)],
    },
  ];
}

/** pip of apt or apk, beside the Python that runs the program. */
function* byDistribution(facts: Facts, world: World): Generator<Finding> {
  if (["pip", "pip3"].some((it) => runsAtStart(facts, world.context, it) !== false)) return;
  for (const it of pipPackages(facts)) {
    const { run, install, asked } = it;
    const removal = pipRemoval(facts, it);
    const advice =
      removal === undefined
        ? " Install the packages in a stage that does not ship, and copy a virtual environment."
        : "";
    yield {
      at: asked.word.at,
      what: `pip ships as the package ${asked.name}, and no container runs it`,
      why: `It installs packages during the build only, and brings setuptools and wheel along.${advice}`,
      saving:
        world.packageSizes?.dominated({
          all: install.packages.flatMap(({ name }) => name ?? []),
          removed: [asked.name],
          // What it only recommends is another finding.
          recommends: false,
          base: packageBaseAt(facts, run, install.manager),
        }) ?? unknownSize("no package sizes at hand"),
      get fixes(): readonly Fix[] {
        if (removal === undefined) return [];
        const title = removal.unused
          ? `Do not install ${asked.name}`
          : `Remove ${asked.name} at the end of the RUN`;
        return [{ title, safety: "review", edits: removal.edits }];
      },
    };
  }
}

function* backends(facts: Facts, world: World): Generator<Finding> {
  if (runsAtStart(facts, world.context, "pip") !== false) return;
  for (const { run, command, install, words } of buildBackends(facts)) {
    const [first, ...others] = words;
    if (first === undefined) continue;
    const names = words.map(({ name }) => name);
    yield {
      at: first.word.at,
      what: `${names.join(" and ")} ${others.length === 0 ? "ships" : "ship"}, which only builds of packages use`,
      why: "pip gives every build its own, and installs them by itself where a package depends on them.",
      saving: sumOfEstimates(
        names.map((it) => (it === "setuptools" ? setuptoolsSize(install.compiles) : wheelSize)),
      ),
      related: others.map(({ name, word }) => ({ at: word.at, message: `${name} is one of them` })),
      get fixes(): readonly Fix[] {
        const edits = withoutRequirements(
          facts,
          run,
          command,
          install,
          words.map(({ word }) => word),
        );
        return edits === undefined
          ? []
          : [{ title: `Do not install ${names.join(" and ")}`, safety: "review", edits }];
      },
    };
  }
}

const installers = ["uv", "poetry", "pdm", "pipenv"] as const;

const isTakenAway = (run: RunInstruction, tool: string): boolean =>
  run.commands.some(
    (it) => it.words.some(({ text }) => text === "uninstall") && it.words.some(({ text }) => text === tool),
  );

function shipped(
  facts: Facts,
  world: World,
  run: RunInstruction,
  tool: string,
  at: Word,
): Omit<Finding, "fixes"> | undefined {
  if (runsAtStart(facts, world.context, tool) !== false) return undefined;
  const alone = run.commands.filter((it) => it.effects?.every(({ kind }) => kind === "nothing") !== true);
  const layer = alone.length <= 2 && tool === "uv" ? measuredLayer(facts, world, run) : undefined;
  return {
    at: at.at,
    what: `${tool} ships, and no container runs it`,
    nameFirst: true,
    why: "It installs packages during the build only. Install it in a stage that does not ship, or give it to the RUN that uses it as a bind mount.",
    saving: layer ?? sizeOf(tool),
  };
}

const sizeOf = (tool: string): Size =>
  tool === "uv"
    ? uvSize
    : unknownSize(`${tool} and what it depends on; analyze the built image to measure it`);

/** The RUN goes to the stages that use what it installs, when none of them ships. */
function stageFixes(facts: Facts, run: RunInstruction, tool: string): readonly Fix[] {
  const isAlone = run.commands.every((it) => it.piped) && run.commands.length === 2;
  const uses = (it: Instruction): boolean => mentions(it, `/${tool}`);
  const users = usersOf(facts, run).filter(
    (it) => it.kind === "run" && (uses(it) || it.opaque !== undefined),
  );
  const copies = usersOf(facts, run).some(
    (it) => it.kind === "copy" && it.fromStage !== undefined && uses(it),
  );
  const isShipped = users.some((it) => it.stage === run.stage || facts.stages[it.stage]?.shipped === true);
  if (!isAlone || copies || isShipped || users.length === 0) return [];
  const eol = lineBreakOf(facts.text);
  const firsts = users.filter((it, index) => users.findIndex((one) => one.stage === it.stage) === index);
  return [
    {
      title: `Install ${tool} in the stages that use it`,
      safety: "review",
      edits: [
        removeInstruction(facts, run),
        ...firsts.map((it) => insertBefore(facts, it, `${run.source}${eol}${eol}`)),
      ],
    },
  ];
}

/** Used and taken away in one RUN, it is in no layer. */
function uninstallFixes(facts: Facts, run: RunInstruction, tool: string): readonly Fix[] {
  if (tool !== "uv" || usersOf(facts, run).some((it) => mentions(it, "/uv"))) return [];
  const appended = appendCommand(facts, run, "pip uninstall -y uv");
  return appended === undefined
    ? []
    : [{ title: "Uninstall uv in the same RUN", safety: "review", edits: [appended] }];
}
