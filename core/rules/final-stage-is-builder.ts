import { isOnMount } from "../dockerfile/created.ts";
import { insertReplacement } from "../dockerfile/edits.ts";
import type { Command, Facts, OtherInstruction, RunInstruction, Stage } from "../dockerfile/facts.ts";
import { openedIn } from "../dockerfile/opened-folders.ts";
import { isWithin, posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import { shipsForDevelopment } from "../dockerfile/purpose.ts";
import { librariesIn, splitEdits } from "../dockerfile/split-stage.ts";
import { chainOf, finalStages, startOf } from "../dockerfile/start.ts";
import { bytes } from "../size/bytes.ts";
import type { PackageSizes } from "../size/package-sizes.ts";
import { estimated, type Size, unknownSize } from "../size/size.ts";
import { type Runtime, runtimeOf } from "../size/toolchain-images.ts";
import type { Compile } from "../tools/compile.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const finalStageIsBuilder = defineRule({
  id: "final-stage-is-builder",
  on: "dockerfile",
  peers: ["tally prefer-multi-stage-build (in part)", "droast DF011 (in part)"],
  summary: "The image that ships is the one that compiles: its compiler, sources and downloads come along.",
  docs: `
A compiled program needs no compiler to run. Build it in a stage of its own and copy the result into a small image. What
the program opens at run time (templates, settings, migrations) has to be copied as well: the fix copies the program, and
asks for review.

It is said of images of Go, Rust, Maven, Gradle, JDKs, .NET's SDK and gcc, where the same stage compiles and a container
starts something else than the toolchain. Compilers that a Dockerfile installs itself are the finding of
\`build-tools-shipped\`, development packages of Node.js that of \`dev-dependencies-shipped\`.

## Reported
\`\`\`dockerfile
FROM golang:1.25
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod go build -ldflags="-s -w" -o /server .
CMD ["/server"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -ldflags="-s -w" -o /server .

FROM debian:stable-slim
COPY --from=build /server /server
CMD ["/server"]
\`\`\`

\`\`\`dockerfile
FROM golang:1.25
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod go build ./...
CMD ["go", "test", "./..."]
\`\`\`

\`\`\`dockerfile
FROM golang:1.25 AS devcontainer
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod go build -o /server .
CMD ["/server"]
\`\`\`
`,
  *check(facts, world) {
    if (shipsForDevelopment(facts, world)) return;
    for (const stage of finalStages(facts)) {
      const finding = findingOf(facts, world, stage);
      if (finding !== undefined) yield finding;
    }
  },
});

interface Build {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: Compile;
}

function findingOf(facts: Facts, world: World, stage: Stage): Finding | undefined {
  const image = stage.baseImage;
  const runtime = image === undefined ? undefined : runtimeOf(image);
  const start = startOf(facts, stage);
  if (image === undefined || runtime === undefined || start === undefined || startsTools(start))
    return undefined;
  const builds = buildsIn(facts, stage).filter(({ effect }) => effect.language === runtime.language);
  const last = builds.at(-1);
  if (last === undefined) return undefined;
  return {
    at: last.effect.action.at,
    what: `the image that ships is the one that compiles: it is ${image} with all its tools`,
    why: "Neither the compiler nor the sources and what the build fetched are needed to run the result. Build in a stage of its own, and copy what runs.",
    saving: sizeOf(world.packageSizes, image, runtime),
    get fixes() {
      return fixesOf(facts, world, stage, start, builds, runtime);
    },
  };
}

const toolchains =
  /(?:^|\/)(?:go|cargo|rustc|mvnw?|gradlew?|gcc|g\+\+|make|cmake|air|npm|yarn|bash|sh|golangci-lint)$/;

/** The container builds again, or is for somebody who does. */
function startsTools({ words }: OtherInstruction): boolean {
  const program = words[0]?.text;
  const second = words[1]?.text;
  if (words.length === 0 || program === undefined) return true;
  // A debugger behind an init program.
  if (words.some(({ text }) => text === "dlv")) return true;
  if (program === "dotnet") return /^(?:run|watch|test|build)$/.test(second ?? "");
  return toolchains.test(program) && !(/(?:^|\/)(?:bash|sh)$/.test(program) && words.length > 1);
}

const buildsIn = (facts: Facts, stage: Stage): readonly Build[] =>
  chainOf(facts, stage).flatMap((run) =>
    run.kind !== "run"
      ? []
      : run.commands.flatMap((command) =>
          command.runs !== "always"
            ? []
            : (command.effects ?? []).flatMap((effect) =>
                effect.kind === "compile" ? [{ run, command, effect }] : [],
              ),
        ),
  );

function sizeOf(prices: PackageSizes | undefined, image: string, { image: small, kin }: Runtime): Size {
  const pairs: readonly (readonly [string, string, number])[] = [
    ...(small === undefined ? [] : [[image, small, 0] as const]),
    ...(kin === undefined ? [] : [[...kin, 0.2] as const]),
  ];
  for (const [large, runs, spread] of pairs) {
    const [a, b] = [prices?.baseImage?.(large), prices?.baseImage?.(runs)];
    if (a?.kind !== "estimated" || b?.kind !== "estimated") continue;
    if (a.high === undefined || b.high === undefined) continue;
    const low = Math.max(0, Math.round((a.low - b.high) * (1 - spread)));
    const high = Math.round((a.high - b.low) * (1 + spread));
    const basis = `recorded sizes of ${large} and ${runs}${spread > 0 ? ", which stand in for these images" : ""}, without what the build itself leaves`;
    return estimated(bytes(low), bytes(high), basis);
  }
  return unknownSize("these base images are not in the catalogue");
}

function fixesOf(
  facts: Facts,
  world: World,
  stage: Stage,
  start: OtherInstruction,
  builds: readonly Build[],
  { image, lacksCertificates }: Runtime,
): readonly Fix[] {
  const [base] = stage.from.words;
  const last = lastOfBuild(stage);
  const result = image === undefined ? undefined : resultOf(stage, start, builds);
  // A base image behind a variable may be another one tomorrow.
  if (base === undefined || insertReplacement(facts, base, "") === undefined) return [];
  if (image === undefined || result === undefined || last === undefined) return [];
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  const edits = splitEdits(facts, {
    stage,
    last,
    image,
    copies: () => false,
    libraries: librariesIn(world, image),
    result: (builder) =>
      [
        ...(lacksCertificates ? [{ path: certificates, place: certificates }] : []),
        result,
        ...openedIn(stage, world.context).map((path) => ({ path, place: path })),
      ].map(({ path, place }) => `COPY --from=${builder} ${path} ${place}`),
  });
  return edits === undefined
    ? []
    : [
        {
          title: `Build in a stage of its own, and run ${result.path} in ${image}`,
          safety: "review",
          edits,
          splits: stage.index,
        },
      ];
}

/** The last instruction that does more than make accounts or install what runs. */
const lastOfBuild = (stage: Stage) =>
  stage.instructions.findLast(
    (it) =>
      it.kind === "run" &&
      (it.opaque !== undefined || it.commands.some(({ effects }) => effects?.every(isOfRuntime) !== true)),
  );

const isOfRuntime = ({ kind }: { readonly kind: string }): boolean =>
  ["nothing", "add-user", "install", "cache", "uncache", "remove"].includes(kind);

interface Result {
  readonly path: string;
  readonly place: string;
}

/** What a container starts, where the build put it. */
function resultOf(stage: Stage, start: OtherInstruction, builds: readonly Build[]): Result | undefined {
  const directory = workdirOf(stage);
  const words = start.words.map(({ text }) => text);
  const [program] = words;
  const [build] = builds;
  if (program === undefined || build === undefined) return undefined;
  switch (build.effect.language) {
    case "go":
    case "rust": {
      if (!program.includes("/")) return installed(program, builds);
      const path = posixJoin(directory, program);
      return path !== undefined && builds.some((it) => makes(it, path)) ? { path, place: path } : undefined;
    }
    case "java": {
      const jar = program === "java" ? words[words.indexOf("-jar") + 1] : undefined;
      const path = jar?.endsWith(".jar") === true ? posixJoin(directory, jar) : undefined;
      const folder = build.command.directory;
      const isOwn = path !== undefined && folder !== undefined && isWithin(path, folder);
      return isOwn && !/[*?$]/.test(path) ? { path, place: path } : undefined;
    }
    case "dotnet": {
      const dll = program === "dotnet" ? words[1] : program;
      const path = posixJoin(directory, dll);
      const output = builds.findLast(({ effect }) => effect.output !== undefined)?.effect.output?.path;
      if (path === undefined || output === undefined || !isWithin(path, output)) return undefined;
      return { path: withoutSlash(output), place: withoutSlash(output) };
    }
    case "c":
      return undefined;
  }
}

/** Written there by name, or below the folder in which the compiler puts its results. */
function makes({ run, command, effect }: Build, path: string): boolean {
  if (isOnMount(run, path)) return false;
  if (effect.output !== undefined)
    return (
      effect.output.path === path || path === `${withoutSlash(effect.output.path)}/${path.split("/").at(-1)}`
    );
  const { directory } = command;
  if (directory === undefined) return false;
  return effect.language === "rust"
    ? isWithin(path, `${withoutSlash(directory)}/target`)
    : path.slice(0, path.lastIndexOf("/")) === withoutSlash(directory);
}

/** Found on the PATH: named by the compiler, or put where `go install` and `cargo install` put it. */
function installed(program: string, builds: readonly Build[]): Result | undefined {
  const place = `/usr/local/bin/${program}`;
  for (const { effect } of builds) {
    const { output } = effect;
    if (output?.path === place) return { path: place, place };
    if (output?.path === `/go/bin/${program}` || output?.path === `/usr/bin/${program}`)
      return { path: output.path, place };
    if (output === undefined && effect.action.text === "install")
      return { path: `${effect.language === "go" ? "/go" : "/usr/local/cargo"}/bin/${program}`, place };
  }
  return undefined;
}

function workdirOf(stage: Stage): string | undefined {
  let directory: string | undefined = "/";
  for (const it of stage.instructions) {
    if (it.kind === "other" && it.keyword === "WORKDIR") directory = posixJoin(directory, it.words[0]?.text);
  }
  return directory;
}
