import { replaceWord } from "../dockerfile/edits.ts";
import type { Facts, Stage, Word } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { possibleSitesOf } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import { bringTorch, torchBuild } from "../tools/torch.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const cudaTwice = defineRule({
  id: "cuda-twice",
  on: "dockerfile",
  peers: ["tally gpu/no-redundant-cuda-install"],
  summary: "A base image with the CUDA libraries, and wheels that bring the same libraries again.",
  docs: `
The GPU builds of torch bring the CUDA libraries they use as wheels of their own. The libraries of an image
\`nvidia/cuda:…-runtime\` or \`…-devel\` lie beside them unused; \`…-base\` has what the driver needs.

## Reported
\`\`\`dockerfile
FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04
RUN pip install --no-cache-dir torch
\`\`\`

## Not reported
\`\`\`dockerfile
FROM nvidia/cuda:12.6.3-base-ubuntu24.04
RUN pip install --no-cache-dir torch
\`\`\`

\`\`\`dockerfile
FROM nvidia/cuda:12.6.3-runtime-ubuntu24.04
RUN pip install --no-cache-dir torch onnxruntime-gpu
\`\`\`
`,
  *check(facts) {
    const installs = pythonInstalls(facts);
    const brings = installs.filter((it) => it.brings);
    // Other programs may use the image's libraries.
    if (brings.length === 0 || installs.some(({ install }) => usesImageLibraries(install)) || compiles(facts))
      return;
    for (const stage of facts.stages) {
      const finding = stage.shipped && stage.parent === undefined ? findingOf(stage, brings) : undefined;
      if (finding !== undefined) yield finding;
    }
  },
});

interface Place {
  readonly word: Word;
  readonly install: PythonInstall;
  /** Its wheels have CUDA libraries of their own, and ship. */
  readonly brings: boolean;
}

const pythonInstalls = (facts: Facts): readonly Place[] =>
  possibleSitesOf(facts, "python-install").map(({ run, command, effect }) => {
    const [first] = bringTorch(effect);
    const brings =
      first !== undefined &&
      command.runs === "always" &&
      ["default", "gpu"].includes(torchBuild(effect, command.environment)) &&
      shipsFrom(facts, run, effect.into) !== undefined;
    return { word: first?.word ?? effect.action, install: effect, brings };
  });

/** Packages that load CUDA from the system, and files or projects that may name such ones. */
const usesImageLibraries = ({ requirements, files, projects, selection }: PythonInstall): boolean =>
  files.length + projects.length > 0 ||
  selection !== undefined ||
  requirements.some(
    ({ name }) =>
      name === undefined ||
      /onnxruntime-gpu|tensorflow|cupy|tensorrt|flash-attn|xformers|deepspeed|apex|ctranslate2|faster-whisper|llama-cpp|pycuda|dali/.test(
        name,
      ),
  );

const compiles = (facts: Facts): boolean =>
  facts.instructions.some((it) => /\b(?:nvcc|cmake|TORCH_CUDA_ARCH_LIST|CUDA_HOME)\b/.test(it.source));

const image = /^((?:docker\.io\/)?nvidia\/cuda:[\d.]+)(?:-cudnn\d*)?-(?:runtime|devel)(-[\w.-]+)$/;

function findingOf(stage: Stage, brings: readonly Place[]): Finding | undefined {
  const word = stage.from.words[0];
  const match = image.exec(word?.text ?? "");
  if (word === undefined || match === null) return undefined;
  return {
    at: word.at,
    what: "the base image has CUDA libraries that the wheels bring again",
    why: "torch loads the libraries of its own wheels; those of the image stay unused.",
    saving: unknownSize("the catalogue has no size of this image"),
    related: brings.map((it) => ({ at: it.word.at, message: "this brings CUDA libraries of its own" })),
    get fixes() {
      const base = `${match[1]}-base${match[2]}`;
      return [{ title: `Start from ${base}`, safety: "review" as const, edits: replaceWord(word, base) }];
    },
  };
}
