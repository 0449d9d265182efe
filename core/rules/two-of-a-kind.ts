import { removeRequirement } from "../python/edits.ts";
import { installedWhere } from "../python/installed-where.ts";
import type { Requirement } from "../python/project.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

/** Distributions of one program, built or published twice; where one may stand for all, it is the first. */
const families: readonly { readonly names: readonly string[]; readonly interchangeable: boolean }[] = [
  {
    names: [
      "opencv-python-headless",
      "opencv-contrib-python-headless",
      "opencv-python",
      "opencv-contrib-python",
    ],
    interchangeable: false,
  },
  { names: ["tensorflow-cpu", "tensorflow", "tensorflow-gpu", "tf-nightly"], interchangeable: false },
  { names: ["onnxruntime", "onnxruntime-gpu", "onnxruntime-directml"], interchangeable: false },
  { names: ["faiss-cpu", "faiss-gpu", "faiss-gpu-cu12"], interchangeable: false },
  { names: ["psycopg2", "psycopg2-binary"], interchangeable: false },
  { names: ["pillow", "pillow-simd", "pil"], interchangeable: false },
  { names: ["lightning", "pytorch-lightning"], interchangeable: false },
  { names: ["scikit-learn", "sklearn"], interchangeable: true },
  { names: ["beautifulsoup4", "bs4"], interchangeable: true },
  { names: ["pypdf", "pypdf2"], interchangeable: false },
  { names: ["pycryptodome", "pycrypto"], interchangeable: false },
  { names: ["redis", "aioredis"], interchangeable: false },
];

export const twoOfAKind = defineRule({
  id: "two-of-a-kind",
  on: "python",
  peers: [],
  summary: "Two packages of one family ship together, where one would do.",
  docs: `
Two builds of one library (\`opencv-python\` and \`opencv-python-headless\`, \`psycopg2\` and \`psycopg2-binary\`) write
the same modules twice, and the one that is installed last wins.

## Reported
\`\`\`requirements
psycopg2-binary
psycopg2
\`\`\`

## Not reported
\`\`\`requirements
psycopg2-binary
psycopg
\`\`\`

\`\`\`requirements
onnxruntime ; platform_machine == "aarch64"
onnxruntime-gpu ; platform_machine == "x86_64"
\`\`\`
`,
  *check(python) {
    const installed = python.project.requirements.filter((it) => python.shipped.has(it.group));
    for (const family of families) {
      // Markers may keep them apart.
      const found = installed.filter((it) => family.names.includes(it.name) && it.marker === undefined);
      const [first, second] = distinct(found);
      if (first === undefined || second === undefined) continue;
      const extra = family.interchangeable && family.names[0] === second.name ? first : second;
      const kept = extra === first ? second : first;
      const { scales, text } = python;
      const finding: Finding = {
        at: extra.nameAt,
        what: `${extra.name} ships beside ${kept.name}`,
        nameFirst: true,
        why: `They are one library, and one of them would do.${family.interchangeable ? "" : " Keep the one that the program is tested with."}`,
        saving: scales.totalOf(scales.dominatedBy([extra])),
        elsewhere: installedWhere(python, extra),
        related: [{ at: kept.nameAt, message: `${kept.name} is here` }],
        get fixes() {
          return family.interchangeable && extra.via === undefined
            ? [
                {
                  title: `Remove ${extra.name}`,
                  safety: "review" as const,
                  edits: [removeRequirement(text, extra)],
                },
              ]
            : [];
        },
      };
      yield finding;
    }
  },
});

function distinct(found: readonly Requirement[]): readonly Requirement[] {
  const names = new Set<string>();
  return found.filter((it) => !names.has(it.name) && names.add(it.name));
}
