import { insertReplacement } from "../dockerfile/edits.ts";
import type { Facts, Stage } from "../dockerfile/facts.ts";
import { programsOf, shipsForDevelopment } from "../dockerfile/purpose.ts";
import { unknownSize } from "../size/size.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const develBaseShipped = defineRule({
  id: "devel-base-shipped",
  on: "dockerfile",
  peers: ["tally gpu/prefer-runtime-final-stage"],
  summary: "The image that ships starts from a CUDA image with compilers and headers.",
  docs: `
The \`devel\` images of CUDA and PyTorch hold nvcc, headers and static libraries, several gigabytes that only building
needs. Silent beside what compiles for the GPU while it runs (DeepSpeed, FlashInfer, JAX, Numba, PyTorch's own extensions). Build in a stage that starts from \`devel\`, and ship one that starts from \`runtime\`.

## Reported
\`\`\`dockerfile
FROM nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04
COPY app /app
CMD ["/app"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build
RUN nvcc -o /app app.cu

FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
COPY --from=build /app /app
\`\`\`

\`\`\`dockerfile
FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS dev
RUN true
\`\`\`
`,
  *check(facts, world) {
    if (shipsForDevelopment(facts, world)) return;
    for (const stage of facts.stages) {
      const finding = stage.shipped && stage.parent === undefined ? findingOf(facts, stage) : undefined;
      if (finding !== undefined) yield finding;
    }
  },
});

const compilesForGpu =
  /TORCH_EXTENSIONS_DIR|\b(?:deepspeed|sglang|vllm|flashinfer|pycuda|numba|jax|jaxlib|tilelang|tensorrt[-_]llm|cpp_extension)\b/i;

const devel = /^(?:.*\/)?(?:nvidia\/cuda|pytorch\/pytorch):.*-devel(?:-|$)/;

function findingOf(facts: Facts, stage: Stage): Finding | undefined {
  const image = stage.baseImage;
  const [word] = stage.from.words;
  if (image === undefined || word === undefined || !devel.test(image)) return undefined;
  // They compile for the GPU while they run.
  if (facts.shipped.some((it) => compilesForGpu.test(it.source))) return undefined;
  const builds = facts.shipped.some(
    (it) =>
      it.kind === "run" &&
      (it.opaque !== undefined ||
        programsOf(it).some((name) => ["nvcc", "cmake", "make", "ninja", "g++", "gcc"].includes(name)) ||
        /nvcc|CUDA_HOME|TORCH_CUDA_ARCH_LIST|flash[-_]attn|apex|setup\.py|pytorch3d|detectron2|mamba[-_]ssm|causal[-_]conv1d/i.test(
          it.source,
        ) ||
        // What such lists bring may have no wheels.
        it.commands.some(({ effects }) =>
          effects?.some(
            (effect) => effect.kind === "python-install" && effect.files.length + effect.projects.length > 0,
          ),
        )),
  );
  const runtime = image.replace(/-devel(?=-|$)/, "-runtime");
  return {
    at: word.at,
    what: "the image that ships starts from CUDA's development image",
    why: `Compilers, headers and static libraries of CUDA serve building only. ${
      builds
        ? "Build here in a stage of its own, and ship a stage that starts from"
        : "Programs need no more than"
    } ${runtime}.`,
    saving: unknownSize("the image is not in the catalogue"),
    get fixes(): readonly Fix[] {
      const edit = builds ? undefined : insertReplacement(facts, word, runtime);
      return edit === undefined ? [] : [{ title: `Start from ${runtime}`, safety: "review", edits: [edit] }];
    },
  };
}
