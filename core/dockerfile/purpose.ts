/** What an image is for, as far as its stages' names and its start commands say. */
import type { World } from "../world.ts";
import type { Facts, RunInstruction, Stage } from "./facts.ts";
import { runsTests } from "./mentions.ts";
import { baseName } from "./paths.ts";

const development =
  /^(?:dev|devel|develop(?:ment)?|devcontainer|test|tests|testing|unit-?tests?|e2e|ci|lint|linter|docs|debug|debugger|profil(?:er|ing)|benchmarks?|check)(?:$|[-_.])/i;

/** Servers that compile while they serve: they need what only development needs. */
const developmentServer =
  /\b(?:nodemon|react-scripts|vue-cli-service|webpack-dev-server|ts-node(?:-dev)?|(?:npm|yarn|pnpm|bun)[\s"',]+(?:run[\s"',]+)?(?:dev|develop|watch)\b|(?:ng|vite|webpack|parcel)[\s"',]+(?:serve|dev|watch)|(?:next|nuxt|astro|remix|gatsby)[\s"',]+(?:dev|develop)|vite["'\s]*(?:$|[\],-]))/m;

/** Who starts such an image from outside, with no command of its own, runs tests in it; Cypress does nothing else. */
const testImage = /(?:^|\/)cypress\/(?:included|browsers|base|factory)(?:[:@]|$)/;
const browserImage = /(?:^|\/)playwright(?:\/(?:python|java|dotnet))?(?:[:@]|$)/;

const hasStart = (stage: Stage): boolean =>
  stage.instructions.some((it) => it.keyword === "CMD" || it.keyword === "ENTRYPOINT");

/** Editors and code spaces attach to such images. */
const devcontainerImage = /^mcr\.microsoft\.com\/(?:vscode\/)?devcontainers\//;

/** Images that bring frameworks to work with by hand. */
const workbenchImage =
  /^nvcr\.io\/nvidia\/|(?:^|\/)(?:pytorch\/pytorch|tensorflow\/tensorflow|rocm\/(?:pytorch|tensorflow)|nvidia\/cuda)(?:[:@]|$)|(?:^|\/)(?:jupyter|rocker|kaggle|continuumio)\//;

/** Who works in such a container types what it runs: it starts nothing of its own, on an image of frameworks. */
export const isWorkbench = (facts: Facts): boolean =>
  facts.stages.some(
    (stage) =>
      stage.shipped &&
      !facts.stages.some((other) => other.shipped && other.parent === stage.index) &&
      !chainHasStart(facts, stage) &&
      workbenchImage.test(stage.baseImage ?? ""),
  );

function chainHasStart(facts: Facts, stage: Stage): boolean {
  const parent = stage.parent === undefined ? undefined : facts.stages[stage.parent];
  return hasStart(stage) || (parent !== undefined && chainHasStart(facts, parent));
}

const isTestBed = (stage: Stage): boolean =>
  devcontainerImage.test(stage.baseImage ?? "") ||
  testImage.test(stage.baseImage ?? "") ||
  (browserImage.test(stage.baseImage ?? "") && !hasStart(stage));

/**
 * A stage that is built for work on the project: its name says so, it starts the tests or a development server, or it
 * stands on an image that is made for tests.
 */
export const isForDevelopment = (stage: Stage): boolean =>
  development.test(stage.name ?? "") ||
  isTestBed(stage) ||
  stage.instructions.some(
    (it) =>
      (it.keyword === "CMD" || it.keyword === "ENTRYPOINT") &&
      !it.onbuild &&
      (runsTests(it) || developmentServer.test(it.source)),
  );

/** Folders that editors and CI systems read: images of development containers, and those that jobs run in. */
export const isDevelopmentPlace = (path: string): boolean =>
  /(?:^|[\\/])\.(?:devcontainer|github|gitlab|circleci|buildkite|kokoro|semaphore|tekton|woodpecker|azure-pipelines|ci)[\\/]/.test(
    path,
  );

/** `Dockerfile.test`, `dev.Dockerfile`: a file that says by its own name that its image is for work on the project. */
export const isDevelopmentDockerfile = (path: string): boolean =>
  /(?:^|[\\/])(?:Dockerfile[._-](?:dev|devel|development|tests?|testing|ci|e2e|lint|debug)|(?:dev|devel|development|tests?|testing|ci|e2e|lint|debug)\.Dockerfile)$/i.test(
    path,
  );

/**
 * `build-base/Dockerfile`, `builder/Dockerfile`, `Dockerfile.builder`: others build in the image. Folders outside the workspace say
 * nothing, so the path is taken from there.
 */
export const isToolchainPlace = (path: string): boolean =>
  /(?:^|[\\/])(?:build(?:er)?[-_](?:base|env(?:ironment)?|image|tools?|deps)|(?:build-)?(?:builders?|toolchains?)|build[-_][a-z0-9]+)[\\/]|(?:^|[\\/])Dockerfile[.-](?:builder|build[-_]?(?:base|env|image)|toolchain)(?:[.-][\w.-]+)?$/i.test(
    path,
  );

/** Whether any shipped image, by its place or its last stage, is for development. */
export const shipsForDevelopment = (facts: Facts, world: World): boolean =>
  world.development === true ||
  facts.stages.some(
    (stage) =>
      stage.shipped &&
      !facts.stages.some((other) => other.shipped && other.parent === stage.index) &&
      isForDevelopment(stage),
  );

const buildStage = /^(?:build|builder|sdk|toolchain)\b/i;
const toolchainImage =
  /(?:^|\/)(?:gcc|rust|golang|buildpack-deps|swift|haskell|emscripten|devcontainers?)(?:[/:@-]|$)/;

/** Source-to-image builders of OpenShift say so in their labels and variables: applications are built inside. */
const builderImage =
  /io\.openshift\.s2i|STI_SCRIPTS_(?:PATH|URL)|io\.openshift\.tags\s*=\s*["']?(?:[\w,.-]*,)?builder\b/;

/** Wheels are what others take from it: it starts nothing, and the last thing that it runs builds them. */
const makesWheels = (stage: Stage): boolean =>
  !hasStart(stage) &&
  /\b(?:pip[\d.]*\s+wheel|cibuildwheel|auditwheel)\b/.test(
    stage.instructions.findLast((it) => it.kind === "run")?.source ?? "",
  );

/** Distribution packages are built in it, once somebody starts it with a command: no RUN calls what it installs for that. */
const makesPackages = (stage: Stage): boolean => {
  const runs = stage.instructions.flatMap((it) => (it.kind === "run" ? [it.source] : []));
  return (
    !hasStart(stage) &&
    runs.some((it) => /(?:^|\s)(?:rpm-build|rpmdevtools|debhelper|devscripts)(?=$|\s)/.test(it)) &&
    !runs.some((it) => /\b(?:rpmbuild\s+-|dpkg-buildpackage|debuild)/.test(it))
  );
};

/** Who starts it gets a shell: `CMD ["/bin/bash"]`, and nothing else is said. */
const startsShell = (stage: Stage): boolean => {
  const starts = stage.instructions.filter((it) => it.keyword === "CMD" || it.keyword === "ENTRYPOINT");
  return (
    starts.length > 0 &&
    starts.every((it) =>
      /^\w+\s+(?:\[\s*"(?:\/bin\/)?(?:ba|da|z)?sh"\s*\]|(?:\/bin\/)?(?:ba|da|z)?sh)\s*$/.test(it.source),
    )
  );
};

/** A shipped image that is meant to carry tools: its place, its last stage or its labels say so, or its base is a toolchain. */
export const shipsToolchain = (facts: Facts, world: World): boolean =>
  world.toolchain === true ||
  shipsForDevelopment(facts, world) ||
  facts.shipped.some((it) => it.kind === "other" && builderImage.test(it.source)) ||
  facts.stages.some(
    (stage) =>
      stage.shipped &&
      !facts.stages.some((other) => other.shipped && other.parent === stage.index) &&
      (makesWheels(stage) ||
        makesPackages(stage) ||
        startsShell(stage) ||
        buildStage.test(stage.name ?? "") ||
        toolchainImage.test(stage.baseImage ?? "")),
  );

/** Names of the programs that a RUN starts. */
export const programsOf = (run: RunInstruction): readonly string[] =>
  run.commands.flatMap((it) => {
    const program = it.words[0]?.text;
    return it.runs === "never" || program === undefined ? [] : [baseName(program)];
  });
