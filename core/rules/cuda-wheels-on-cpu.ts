import { chainBefore } from "../dockerfile/chain.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { wantsGpu } from "../dockerfile/gpu.ts";
import { possibleSitesOf } from "../dockerfile/sites.ts";
import { cudaStackSaving } from "../size/cuda-stack.ts";
import { insertAt } from "../text/edit.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import {
  bringTorch,
  isTorchFamily,
  namesGpuPackage,
  newestTorchFor,
  pinnedTorch,
  torchBuild,
} from "../tools/torch.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

/** PyTorch's own index of its builds for CPUs. */
const cpuIndex = "https://download.pytorch.org/whl/cpu";

export const cudaWheelsOnCpu = defineRule({
  id: "cuda-wheels-on-cpu",
  on: "dockerfile",
  peers: [],
  summary: "The default build of torch brings the CUDA libraries, which an image for CPUs cannot use.",
  docs: `
On Linux, \`pip install torch\` takes the build for NVIDIA's GPUs, and with it gigabytes of CUDA libraries, which
nothing uses on a machine without such a GPU. PyTorch's own index has builds for CPUs alone.

It is silent where a GPU is wanted: on CUDA and GPU-framework base images, where \`NVIDIA_VISIBLE_DEVICES\` is set,
where a compose file reserves a GPU, where only the build's arguments name the base image, and beside packages that only a GPU serves. What a requirements file or
\`pyproject.toml\` names is reported there.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir torch
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir torch --index-url https://download.pytorch.org/whl/cpu
\`\`\`

\`\`\`dockerfile
FROM nvidia/cuda:12.6.3-base-ubuntu24.04
RUN pip install --no-cache-dir torch
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir torch vllm
\`\`\`
`,
  *check(facts, world) {
    // A base that only a build names may be one for GPUs.
    if (wantsGpu(facts, world) || facts.stages.some((it) => it.shipped && it.baseImage === undefined)) return;
    const installs = installsIn(facts);
    if (installs.some(({ install }) => namesGpuPackage(install))) return;
    for (const it of installs) {
      const finding = findingOf(facts, it, installs);
      if (finding !== undefined) yield finding;
    }
  },
});

interface Install {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly install: PythonInstall;
}

const installsIn = (facts: Facts): readonly Install[] =>
  possibleSitesOf(facts, "python-install").map(({ effect, ...place }) => ({ ...place, install: effect }));

function findingOf(facts: Facts, here: Install, all: readonly Install[]): Finding | undefined {
  const { run, command, install } = here;
  const [first] = bringTorch(install);
  if (first === undefined || command.runs !== "always" || isForeignPlatform(facts, run)) return undefined;
  if (torchBuild(install, command.environment) !== "default") return undefined;
  // What is there already is not taken again.
  if (all.some((it) => isBefore(facts, it, here) && bringTorch(it.install).length > 0)) return undefined;
  const way = shipsFrom(facts, run, install.into);
  if (way === undefined) return undefined;
  return {
    at: first.word.at,
    nameFirst: true,
    what: isTorchFamily(first)
      ? `${first.name} is installed in its build for NVIDIA's GPUs`
      : `${first.name} brings torch in its build for NVIDIA's GPUs`,
    why: "Nothing here asks for a GPU, and without one its CUDA libraries are dead weight.",
    saving: cudaStackSaving(pinnedTorch(install) ?? newestTorchFor(pythonOf(facts, run))),
    related: way === "layer" ? [] : [{ at: way.at, message: "this COPY takes it into the image that ships" }],
    get fixes() {
      return fixesOf(install);
    },
  };
}

/** "3.8" of `python:3.8-slim`. */
const pythonOf = (facts: Facts, { stage }: RunInstruction): string | undefined =>
  /(?:^|\/)python:(3\.\d+)/.exec(facts.stages[stage]?.baseImage ?? "")?.[1];

function isBefore(facts: Facts, it: Install, other: Install): boolean {
  if (it.run === other.run)
    return it.run.commands.indexOf(it.command) < it.run.commands.indexOf(other.command);
  return chainBefore(facts, other.run).includes(it.run);
}

/** Builds for other processors than x86 have no CUDA by default. */
const isForeignPlatform = (facts: Facts, run: RunInstruction): boolean =>
  facts.stages[run.stage]?.from.flags.some(
    ({ name, value }) => name === "platform" && value !== undefined && /arm|ppc|s390|riscv/.test(value),
  ) === true;

function fixesOf(install: PythonInstall): readonly Fix[] {
  const flag = flagFor(install);
  if (flag === undefined) return [];
  return [
    {
      title: "Take PyTorch's builds for CPUs",
      safety: "review",
      edits: [insertAt(install.action.at.end, ` ${flag}`)],
    },
  ];
}

function flagFor({ tool, requirements, projects, files, indexes }: PythonInstall): string | undefined {
  if (tool === "uv pip") return "--torch-backend=cpu";
  if (tool !== "pip" || indexes.length > 0) return undefined;
  const onlyTorch = requirements.every(isTorchFamily) && projects.length + files.length === 0;
  return onlyTorch ? `--index-url ${cpuIndex}` : `--extra-index-url ${cpuIndex}`;
}
