import { insertReplacement } from "../dockerfile/edits.ts";
import type { Facts, Stage } from "../dockerfile/facts.ts";
import { programsOf, shipsToolchain } from "../dockerfile/purpose.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { bytes } from "../size/bytes.ts";
import type { PackageSizes } from "../size/package-sizes.ts";
import { estimated, sizeLabel } from "../size/size.ts";
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

/** What the full images have and the slim ones have not. */
const missingInSlim = new Set(
  [
    ["git", "hg", "svn", "curl", "wget", "ssh", "gcc", "g++", "cc", "c++", "make", "cmake", "autoconf"],
    ["automake", "libtool", "patch", "unzip", "file", "pkg-config", "node-gyp", "convert", "gpg", "ps"],
  ].flat(),
);

function findingOf(facts: Facts, { packageSizes }: World, stage: Stage): Finding | undefined {
  const image = stage.baseImage;
  const [word] = stage.from.words;
  const slim = image === undefined ? undefined : slimOf(image);
  if (image === undefined || slim === undefined || word === undefined || packageSizes === undefined)
    return undefined;
  const runs = facts.shipped.flatMap((it) => (it.kind === "run" ? [it] : []));
  // What the build itself calls from the full image says that slim does not serve as it is.
  if (runs.some((it) => it.opaque !== undefined || programsOf(it).some((name) => missingInSlim.has(name))))
    return undefined;
  const sizes = sizesOf(packageSizes, image, slim);
  if (sizes === undefined) return undefined;
  return {
    at: word.at,
    nameFirst: true,
    what: sizes.exact
      ? `${image} (${sizeLabel(sizes.full)}) is the base of what ships; ${slim} has ${sizeLabel(sizes.slim)}`
      : `${image} is the base of what ships; ${slim} is the smaller one`,
    why: "The full image brings compilers, headers and version control that this file does not call by name.",
    saving: sizes.saving,
    get fixes(): readonly Fix[] {
      const edit = installsHeaders(facts) ? undefined : insertReplacement(facts, word, slim);
      return edit === undefined ? [] : [{ title: `Start from ${slim}`, safety: "review", edits: [edit] }];
    },
  };
}

/** Headers are there to compile against, with the full image's compiler. */
const installsHeaders = (facts: Facts): boolean =>
  shippedSites(facts, "install").some(({ effect }) =>
    effect.packages.some(({ name }) => name !== undefined && bringsLibrary(name)),
  );

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

/** Of the very images, else of a pair of the same family that stands in with a wider range. */
function sizesOf(prices: PackageSizes, image: string, slim: string): ReturnType<typeof differenceOf> {
  const known = differenceOf(prices, image, slim, 0);
  if (known !== undefined) return known;
  if (/python:/.test(image)) return differenceOf(prices, "python:3.12", "python:3.12-slim", 0.2);
  return differenceOf(prices, "node:22", "node:22-slim", 0.2);
}

function differenceOf(prices: PackageSizes, image: string, slimImage: string, spread: number) {
  const [full, slim] = [prices.baseImage?.(image), prices.baseImage?.(slimImage)];
  if (full?.kind !== "estimated" || slim?.kind !== "estimated") return undefined;
  if (full.high === undefined || slim.high === undefined) return undefined;
  const low = Math.max(0, Math.round((full.low - slim.high) * (1 - spread)));
  const high = Math.round((full.high - slim.low) * (1 + spread));
  const basis = `recorded sizes of ${image} and ${slimImage}${spread > 0 ? ", which stand in for these tags" : ""}`;
  return { full, slim, exact: spread === 0, saving: estimated(bytes(low), bytes(high), basis) };
}
