import { insertAfter, insertReplacement } from "../dockerfile/edits.ts";
import type { Facts, RunInstruction, Stage } from "../dockerfile/facts.ts";
import { programsOf, shipsToolchain } from "../dockerfile/purpose.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { installsSources } from "../dockerfile/source-installs.ts";
import { bytes } from "../size/bytes.ts";
import type { PackageSizes } from "../size/package-sizes.ts";
import { estimated, type Size, sizeLabel } from "../size/size.ts";
import { bringsLibrary } from "../tools/build-packages.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const largeBaseImage = defineRule({
  id: "large-base-image",
  on: "dockerfile",
  peers: ["snyk base image alternatives (in part)", "docker scout base image alternatives (in part)"],
  summary: "The image that ships starts from a full base image where its slim kin may serve.",
  docs: `
The images of Python and Node.js without \`slim\` in their tags hold compilers, headers and version control. Both sizes are from the images' own records.

Where the file calls a small program that slim leaves out (git, curl, unzip), slim and that program's package are
proposed, and the saving is less by what apt installs for it. Silent where the file compiles, where it
installs headers or distributions without wheels and brings no compiler of its own, and where a fetched script runs,
which may call anything.

The fix asks for review: what your program calls by name may be among what slim leaves out. Alpine is never proposed,
because programs and wheels built for glibc do not run there.

## Reported
\`\`\`dockerfile
FROM python:3.12
COPY app.py .
CMD ["python", "app.py"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
COPY app.py .
CMD ["python", "app.py"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12 AS build
RUN pip install --no-cache-dir --prefix=/install flask

FROM python:3.12-slim
COPY --from=build /install /usr/local
\`\`\`

\`\`\`dockerfile
FROM python:3.12
RUN git clone --depth 1 https://example.org/app.git /app && make -C /app
\`\`\`
`,
  examplePrices: true,
  *check(facts, world) {
    if (shipsToolchain(facts, world)) return;
    for (const stage of facts.stages) {
      const finding =
        stage.shipped && stage.parent === undefined ? findingOf(facts, world, stage) : undefined;
      if (finding !== undefined) yield finding;
    }
  },
});

/** Compilers and what builds with them: what calls them in a full image is not served by slim. */
const toolchain = new Set(
  [
    ["gcc", "g++", "cc", "c++", "make", "cmake", "autoconf", "automake", "libtool", "pkg-config"],
    ["node-gyp", "convert"],
  ].flat(),
);

/** Programs of the full images that the slim ones have not, and Debian's package that brings each. */
const packageOf: ReadonlyMap<string, string> = new Map([
  ["git", "git"],
  ["hg", "mercurial"],
  ["svn", "subversion"],
  ["curl", "curl"],
  ["wget", "wget"],
  ["ssh", "openssh-client"],
  ["patch", "patch"],
  ["unzip", "unzip"],
  ["file", "file"],
  ["gpg", "gnupg"],
  ["ps", "procps"],
]);

const interpreters = new Set(["sh", "bash", "zsh", "python", "python3", "perl", "node", "sudo"]);

function findingOf(facts: Facts, world: World, stage: Stage): Finding | undefined {
  const { packageSizes } = world;
  const image = stage.baseImage;
  const [word] = stage.from.words;
  const slim = image === undefined ? undefined : slimOf(image);
  if (image === undefined || slim === undefined || word === undefined || packageSizes === undefined)
    return undefined;
  const installed = installedByApt(facts);
  if (needsCompiler(facts, world) && !installed.some(isCompiler)) return undefined;
  const packages = packagesCalled(facts, new Set(installed));
  if (packages === undefined) return undefined;
  const sizes = sizesOf(packageSizes, image, slim);
  const saving = sizes && lessPackages(packageSizes, sizes.saving, { image, slim, packages, installed });
  if (sizes === undefined || saving === undefined) return undefined;
  const others = packages.filter((it) => it !== certificates);
  return {
    at: word.at,
    nameFirst: true,
    what: sizes.exact
      ? `${image} (${sizeLabel(sizes.full)}) is the base of what ships; ${slim} has ${sizeLabel(sizes.slim)}`
      : `${image} is the base of what ships; ${slim} is the smaller one`,
    why:
      packages.length === 0
        ? "The full image brings compilers and headers that this file does not call by name."
        : `The full image brings compilers and headers too; of what slim leaves out this file calls ${others.join(", ")} alone, which apt installs there.`,
    saving,
    get fixes(): readonly Fix[] {
      const edit = insertReplacement(facts, word, slim);
      if (edit === undefined) return [];
      const title = `Start from ${slim}${others.length > 0 ? ` with ${others.join(", ")}` : ""}`;
      if (packages.length === 0) return [{ title, safety: "review", edits: [edit] }];
      const install = `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")} && rm -rf /var/lib/apt/lists/*`;
      return [{ title, safety: "review", edits: [edit, insertAfter(facts, stage.from, install)] }];
    },
  };
}

/** Slim images of Node.js are without it, and the clients of HTTPS only recommend it. */
const certificates = "ca-certificates";

/**
 * Packages of the programs that the file calls from the full image and does not install by itself. Undefined where slim
 * with packages does not serve: compilers are called, or what runs is not known.
 */
function packagesCalled(facts: Facts, installed: ReadonlySet<string>): readonly string[] | undefined {
  // What images that are built on this one run counts as well.
  const runs = facts.instructions.filter(
    (it): it is RunInstruction => it.kind === "run" && (it.onbuild || facts.shipped.includes(it)),
  );
  if (runs.some((it) => it.opaque !== undefined)) return undefined;
  const wanted = new Set(
    [runs.flatMap(programsOf), runs.flatMap(programsOfUrls), startedPrograms(facts)].flat(),
  );
  if ([...wanted].some((it) => toolchain.has(it))) return undefined;
  const missing = [...packageOf].filter(([program]) => wanted.has(program));
  if (missing.length > 0 && runs.some(runsUnknownScript)) return undefined;
  const packages = missing.flatMap(([, name]) => (installed.has(name) ? [] : [name]));
  if (packages.length === 0) return [];
  const needsTrust = packages.some((it) => ["git", "curl", "wget", "mercurial", "subversion"].includes(it));
  return needsTrust && !installed.has(certificates) ? [...packages, certificates] : packages;
}

const installedByApt = (facts: Facts): readonly string[] => [
  ...new Set(
    shippedSites(facts, "install").flatMap(({ effect }) =>
      effect.manager === "apt" ? effect.packages.flatMap(({ name }) => name ?? []) : [],
    ),
  ),
];

const isCompiler = (name: string): boolean => /^(?:build-essential|gcc|g\+\+|clang)(?:-\d+)?$/.test(name);

/** The full image's compiler is used: headers are installed to compile against, or what has no wheels is installed. */
const needsCompiler = (facts: Facts, world: World): boolean =>
  shippedSites(facts, "install").some(({ effect }) =>
    effect.packages.some(({ name }) => name !== undefined && bringsLibrary(name)),
  ) || installsSources(facts, world);

/** pip and npm call git by themselves for such addresses. */
const programsOfUrls = (run: RunInstruction): readonly string[] =>
  /\bgit\+(?:https?|ssh|git|file):/.test(run.source) ? ["git"] : [];

/** What health checks and start commands name. */
const startedPrograms = (facts: Facts): readonly string[] =>
  facts.shipped.flatMap((it) =>
    ["CMD", "ENTRYPOINT", "HEALTHCHECK"].includes(it.keyword) ? it.source.split(/[^\w.+-]+/) : [],
  );

/** A script that was fetched may call whatever the full image has: one from a pipe, or started by its path. */
const runsUnknownScript = (run: RunInstruction): boolean => {
  const programs = programsOf(run);
  if (!programs.some((it) => ["curl", "wget", "git"].includes(it))) return false;
  return (
    programs.some((it) => interpreters.has(it)) ||
    run.commands.some(({ words }) => words[0]?.text?.includes("/") ?? words.length > 0)
  );
};

interface Packages {
  readonly image: string;
  readonly slim: string;
  /** To install on slim in place of what the full image has. */
  readonly packages: readonly string[];
  /** That the file installs by itself: on slim they bring along what the full image has already. */
  readonly installed: readonly string[];
}

/** Undefined where the packages have no known size, or leave nothing to save. */
function lessPackages(
  prices: PackageSizes,
  saving: Size,
  { image, slim, packages, installed }: Packages,
): Size | undefined {
  if (packages.length + installed.length === 0) return saving;
  const onSlim = rangeOf(prices, slim, [...packages, ...installed]);
  const onFull = installed.length === 0 ? [0, 0] : rangeOf(prices, image, installed);
  // Packages that the catalogue does not have are in neither image.
  const cost =
    onSlim === undefined || onFull === undefined
      ? rangeOf(prices, slim, packages)
      : ([Math.max(0, onSlim[0] - onFull[1]), Math.max(0, onSlim[1] - onFull[0])] as const);
  if (cost === undefined) return packages.length === 0 ? saving : undefined;
  if (saving.kind !== "estimated" || saving.high === undefined || cost[1] >= saving.low) return undefined;
  // What apt installs there takes most of it back.
  if (cost[1] > saving.low / 2) return undefined;
  const what = packages.length > 0 ? packages.join(", ") : "what apt installs more there";
  return cost[1] === 0
    ? saving
    : estimated(
        bytes(saving.low - cost[1]),
        bytes(saving.high - cost[0]),
        `${saving.basis}, less ${what}: installed sizes of Debian 12's packages`,
      );
}

function rangeOf(
  prices: PackageSizes,
  image: string,
  all: readonly string[],
): readonly [low: number, high: number] | undefined {
  const size = prices.closure({ all, recommends: false, base: { image, manager: "apt" } });
  return size.kind === "estimated" && size.high !== undefined ? [size.low, size.high] : undefined;
}

const debianNames = "bookworm|trixie|bullseye|buster";

/** Undefined: slim already, another system, or a family without a slim kin. */
function slimOf(image: string): string | undefined {
  const [, name, tag] = /^((?:docker\.io\/)?(?:library\/)?(?:python|node)):([\w.-]+)$/.exec(image) ?? [];
  if (name === undefined || tag === undefined) return undefined;
  const [, version, release] = new RegExp(`^([\\d.]+|lts|latest)(?:-(${debianNames}))?$`).exec(tag) ?? [];
  if (version === undefined) return undefined;
  if (version === "latest") return `${name}:slim`;
  if (release === undefined) return `${image}-slim`;
  return name.endsWith("python") ? `${name}:${version}-slim-${release}` : `${image}-slim`;
}

/** How far another version's images may lie below and above the recorded ones, as parts of these. */
const near = [0.2, 0.2] as const;
/** The images have grown over the years: node:0.10 was 640 MB, python:2.7 890 MB in full. */
const old = [0.45, 0.05] as const;

const isOld = (image: string): boolean => {
  const [, name, major = "", minor] = /(python|node):(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  if (name === "node") return Number(major) < 16;
  return name === "python" && (Number(major) < 3 || (minor !== undefined && Number(minor) < 9));
};

/** Of the very images, else of a pair of the same family that stands in with a wider range. */
function sizesOf(prices: PackageSizes, image: string, slim: string): ReturnType<typeof differenceOf> {
  const known = differenceOf(prices, image, slim, undefined);
  if (known !== undefined) return known;
  const spread = isOld(image) ? old : near;
  return /python:/.test(image)
    ? differenceOf(prices, "python:3.12", "python:3.12-slim", spread)
    : differenceOf(prices, "node:22", "node:22-slim", spread);
}

function differenceOf(
  prices: PackageSizes,
  image: string,
  slimImage: string,
  spread: readonly [down: number, up: number] | undefined,
) {
  const [full, slim] = [prices.baseImage?.(image), prices.baseImage?.(slimImage)];
  if (full?.kind !== "estimated" || slim?.kind !== "estimated") return undefined;
  if (full.high === undefined || slim.high === undefined) return undefined;
  const [down, up] = spread ?? [0, 0];
  const low = Math.max(0, Math.round((full.low - slim.high) * (1 - down)));
  const high = Math.round((full.high - slim.low) * (1 + up));
  const basis = `recorded sizes of ${image} and ${slimImage}${spread === undefined ? "" : ", which stand in for these tags"}`;
  return { full, slim, exact: spread === undefined, saving: estimated(bytes(low), bytes(high), basis) };
}
