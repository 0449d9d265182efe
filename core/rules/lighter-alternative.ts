import { isBroughtAnyway } from "../python/brought-anyway.ts";
import { everythingOf, isEverything, providerBundles } from "../python/bundles.ts";
import { installedWhere } from "../python/installed-where.ts";
import type { Requirement } from "../python/project.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import { bytes, noBytes } from "../size/bytes.ts";
import { estimated, type Size, sizeLabel, unknownSize } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import { isGpuPackage } from "../tools/torch.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

interface Alternative {
  readonly name: string;
  readonly without: string;
}

/** The same modules with less beside them. */
const alternatives: Readonly<Record<string, Alternative>> = {
  "opencv-python": { name: "opencv-python-headless", without: "windows and their libraries" },
  "opencv-contrib-python": { name: "opencv-contrib-python-headless", without: "windows and their libraries" },
  tensorflow: { name: "tensorflow-cpu", without: "code for GPUs" },
};

/** Distributions whose metadata ask for the full build by its name. */
const bringers: Readonly<Record<string, RegExp>> = {
  "opencv-python":
    /^(?:ultralytics|yolov5|supervision|deepface|retina-face|imgaug|mmcv(?:-full|-lite)?|mmdet|mmengine|insightface|facexlib|basicsr|gfpgan|realesrgan)$/,
  "opencv-contrib-python": /^(?:mediapipe|paddleocr|paddlex)$/,
  tensorflow: /^(?:deepface|retina-face|tf-keras|tf-models-official|tensorflow-text|tfx)$/,
};

export const lighterAlternative = defineRule({
  id: "lighter-alternative",
  on: "python",
  peers: [],
  summary: "A package ships in a full build, or with every extra, where a lighter choice would do.",
  docs: `
Some libraries are published twice, once with what a desktop or a GPU needs and once without: \`opencv-python\` and
\`opencv-python-headless\`, \`tensorflow\` and \`tensorflow-cpu\`. Both have the same modules.

An extra that asks for everything (\`unstructured[all-docs]\`, \`ray[all]\`) brings what other users need; the extras of what a
program uses bring that alone. It is said where it is at least 5 MB, with both sizes. So are the packages that hold every
service of a provider: \`google-api-python-client\`, \`awscli\`.

## Reported
\`\`\`requirements
opencv-python==4.10.0.84
\`\`\`

\`\`\`requirements
unstructured[all-docs]
\`\`\`

## Not reported
\`\`\`requirements
opencv-python-headless==4.10.0.84
\`\`\`

\`\`\`requirements
opencv-python
pyqt5
\`\`\`

\`\`\`requirements
unstructured[pdf]
\`\`\`
`,
  *check(python) {
    yield* bundles(python);
    const installed = python.scales.requirementsOf(python.shipped);
    // A program with windows shows them with OpenCV too.
    if (installed.some(({ name }) => /^(?:pyqt\d?|pyside\d|wxpython|kivy|pygame|tk)$/.test(name))) return;
    const wantsGpu = python.image?.gpu === true || installed.some(({ name }) => isGpuPackage(name));
    for (const it of python.project.requirements) {
      const other = alternatives[it.name];
      if (other === undefined || !python.shipped.has(it.group) || it.url !== undefined) continue;
      if (it.name === "tensorflow" && (wantsGpu || it.extras.length > 0 || isBeforeBothBuilds(it))) continue;
      // Both together are another rule's.
      if (installed.some(({ name }) => name === other.name)) continue;
      // Another distribution brings the full one, whatever this line says.
      if (isBroughtAnyway(python, it) || installed.some(({ name }) => bringers[it.name]?.test(name)))
        continue;
      yield findingOf(python, it, other);
    }
  },
});

function* bundles(python: PythonFacts): Iterable<Finding> {
  const { project, scales, shipped } = python;
  for (const it of project.requirements) {
    if (!shipped.has(it.group) || it.url !== undefined || it.name === project.name) continue;
    const found = it.extras.some(isEverything) ? everythingOf(scales, it) : undefined;
    const extras = it.extras.filter(isEverything).join(", ");
    if (found !== undefined) {
      yield {
        at: it.nameAt,
        what: `${it.name}[${extras}] brings what every user of it may need`,
        nameFirst: true,
        why: `With it ${sizeLabel(found.whole)}, without it ${sizeLabel(found.plain)}. Name the extras of what the program uses.`,
        saving: found.saving,
        elsewhere: installedWhere(python, it),
        // Which extras a program uses, only its people know.
        fixes: [],
      };
    }
    const advice = providerBundles[it.name];
    if (advice === undefined || it.via !== undefined || isFrozen(project) || isBroughtAnyway(python, it))
      continue;
    const own = scales.totalOf(scales.dominatedBy([it]));
    const high = own.kind === "measured" ? own.bytes : own.kind === "estimated" ? own.high : undefined;
    yield {
      at: it.nameAt,
      what: `${it.name} brings every service of its provider`,
      nameFirst: true,
      why: `${advice} ${it.name} is ${sizeLabel(own)} with what it alone needs.`,
      saving:
        high === undefined
          ? unknownSize("it depends on what takes its place")
          : estimated(noBytes, bytes(high), "its own packages, less what takes their place"),
      elsewhere: installedWhere(python, it),
      fixes: [],
    };
  }
}

/** As `pip freeze` writes it, all that is installed: who asks for which of it, nobody can tell. */
const isFrozen = ({ kind, requirements }: PythonFacts["project"]): boolean =>
  kind === "requirements" &&
  requirements.length >= 25 &&
  requirements.every(({ specifier, url }) => url !== undefined || /^={2,3}[^,]+$/.test(specifier.trim()));

function findingOf(python: PythonFacts, it: Requirement, other: Alternative): Finding {
  const node = python.scales.graph.nodeOf(it);
  const own: Size = node === undefined ? unknownSize("it is not installed") : python.scales.sizeOf(node);
  const lighter = sizeOfOther(python, other.name, it.specifier);
  return {
    at: it.nameAt,
    what: `${other.name} has the same modules without ${other.without}`,
    nameFirst: true,
    why: `${[told(it.name, own), told(other.name, lighter)].filter((one) => one !== "").join(", ") || "Nothing at hand tells what they weigh"}.`,
    saving: difference(own, lighter),
    elsewhere: installedWhere(python, it),
    get fixes() {
      const edits: readonly Edit[] = [{ at: it.nameAt, insert: other.name }];
      return [{ title: `Ask for ${other.name} instead`, safety: "review" as const, edits }];
    },
  };
}

const told = (name: string, size: Size): string =>
  size.kind === "unknown" ? "" : `${name} is ${sizeLabel(size)}`;

/** Until 1.14 and in 2.0 `tensorflow` was the build for CPUs, and `tensorflow-gpu` the other one. */
const isBeforeBothBuilds = ({ specifier }: Requirement): boolean =>
  /^(?:==|~=|<=?)\s*(?:0\.|1\.(?:\d|1[0-4])(?:\.|$)|2\.0(?:\.|$))/.test(specifier);

function sizeOfOther({ scales }: PythonFacts, name: string, specifier: string): Size {
  const node = scales.graph.nodeOf({ name, extras: [], specifier, marker: undefined });
  return node === undefined ? unknownSize("it is not known") : scales.sizeOf(node);
}

function difference(full: Size, light: Size): Size {
  if (full.kind === "unknown" || light.kind === "unknown") {
    return unknownSize("the sizes of both are not known");
  }
  const [low, high] = full.kind === "measured" ? [full.bytes, full.bytes] : [full.low, full.high];
  const [least, most] = light.kind === "measured" ? [light.bytes, light.bytes] : [light.low, light.high];
  if (high === undefined || most === undefined) return unknownSize("the sizes of both are not known");
  const from = Math.max(0, low - most);
  const to = Math.max(0, high - least);
  if (to === 0) return unknownSize("both are of one size, as far as is known");
  return estimated(bytes(from), bytes(to), full.kind === "estimated" ? full.basis : full.from);
}
