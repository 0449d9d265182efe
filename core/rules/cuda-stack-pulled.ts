import { cudaStackOf } from "../python/cuda.ts";
import { installedWhere } from "../python/installed-where.ts";
import type { Requirement } from "../python/project.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import { addEntry, addTable, sectionAt } from "../python/toml-edits.ts";
import { type Edit, insertAt } from "../text/edit.ts";
import { lineBreakOf, lineStart } from "../text/lines.ts";
import { isGpuPackage, suggestsGpu } from "../tools/torch.ts";
import type { Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

/** PyTorch's own index of its builds for CPUs. */
const cpuIndex = "https://download.pytorch.org/whl/cpu";

export const cudaStackPulled = defineRule({
  id: "cuda-stack-pulled",
  on: "python",
  peers: [],
  summary: "torch brings the CUDA libraries along, and nothing says that a GPU is wanted.",
  docs: `
On Linux, PyPI's build of torch needs the CUDA libraries and has code for them itself: gigabytes that a machine without
an NVIDIA GPU never loads. PyTorch's own index has builds for CPUs. Which packages are there for CUDA alone follows from
what torch needs on Linux and not elsewhere, so it holds for every version.

It is silent where the image is made for a GPU, where the project takes torch from an index of its choice, and beside
packages that only a GPU serves. Without a Dockerfile it is a hint, beside a web framework or a server alone.

## Reported
\`\`\`requirements
torch==2.14.1
flask
\`\`\`

## Not reported
\`\`\`requirements
--extra-index-url https://download.pytorch.org/whl/cpu
torch==2.14.1
\`\`\`

\`\`\`requirements
torch==2.14.1
vllm
\`\`\`
`,
  *check(python) {
    const { image, project, scales, shipped } = python;
    if (image?.gpu === true || image?.target.machine === "aarch64") return;
    // A base that only a build names may be one for GPUs.
    if (image !== undefined && image.image === undefined) return;
    if (namesAccelerator(python.path)) return;
    if (python.surroundings.lock === undefined && python.surroundings.catalogue === undefined) return;
    const isForGpu = image === undefined ? suggestsGpu : isGpuPackage;
    if (scales.requirementsOf(shipped).some(({ name }) => isForGpu(name))) return;
    // Where nothing says where it runs, a service is likely to do without a GPU; who trains or tries things out is not.
    if (image === undefined && !scales.requirementsOf(shipped).some(({ name }) => servesRequests(name)))
      return;
    // What is there already is not taken again.
    if (image?.choosesTorch === true) return;
    const stack = cudaStackOf(python);
    const own = stack?.broughtBy.filter((it) => it.path === project.path) ?? [];
    const first = own.find(({ name }) => name === "torch") ?? own[0];
    if (stack === undefined || first === undefined) return;
    const names = stack.nodes.length;
    const packages = !stack.exact ? "libraries" : `${names} package${names === 1 ? "" : "s"}`;
    yield {
      at: first.nameAt,
      what: `${first.name === "torch" ? "torch" : `${first.name} brings torch, which`} brings ${packages} for NVIDIA's GPUs`,
      nameFirst: true,
      why: `Without a GPU nothing loads them.${image === undefined ? "" : ` ${image.dockerfile} installs them on ${image.image ?? "its base image"}.`}`,
      saving: stack.saving,
      taste: image === undefined,
      elsewhere: installedWhere(python, first),
      related: own
        .filter((it) => it !== first)
        .map((it) => ({ at: it.nameAt, message: `${it.name} needs torch too` })),
      get fixes() {
        return fixesOf(python, first);
      },
    };
  },
});

/** Frameworks and servers of web services. */
const servesRequests = (name: string): boolean =>
  /^(?:fastapi|flask|django|starlette|litestar|sanic|quart|aiohttp|tornado|bottle|falcon|uvicorn|gunicorn|hypercorn|waitress|uwsgi|streamlit|celery|rq|grpcio|mangum)$/.test(
    name,
  );

function fixesOf(python: PythonFacts, requirement: Requirement): readonly Fix[] {
  const edits = editsFor(python, requirement);
  return edits === undefined
    ? []
    : [{ title: `Take torch for CPUs from PyTorch's index${then(python)}`, safety: "review", edits }];
}

const then = ({ project, surroundings }: PythonFacts): string =>
  project.kind === "requirements"
    ? ""
    : surroundings.lock?.kind === "uv.lock"
      ? " (then run uv lock)"
      : surroundings.lock?.kind === "poetry.lock" || project.manager === "poetry"
        ? " (then run poetry lock)"
        : "";

function editsFor(python: PythonFacts, requirement: Requirement): readonly Edit[] | undefined {
  const { text, project, surroundings } = python;
  if (project.kind === "requirements") {
    const [first] = project.requirements;
    const at = first === undefined ? 0 : lineStart(text, first.at.start);
    return [insertAt(at, `--extra-index-url ${cpuIndex}${lineBreakOf(text)}`)];
  }
  // A source of a package that only others ask for is not looked at.
  if (requirement.name !== "torch") return undefined;
  if (project.manager === "poetry") return poetryEdits(text, requirement);
  return project.manager === "uv" || surroundings.lock?.kind === "uv.lock" || python.image?.locked === false
    ? uvEdits(python)
    : undefined;
}

const family = new Set(["torch", "torchvision", "torchaudio"]);

function uvEdits({ text, project, toml }: PythonFacts): readonly Edit[] | undefined {
  if (toml === undefined || project.indexes.some(({ name }) => name === "pytorch-cpu")) return undefined;
  const names = [...new Set(project.requirements.map(({ name }) => name).filter((it) => family.has(it)))];
  const sources = names.map(
    (it) => `${it} = [{ index = "pytorch-cpu", marker = "sys_platform == 'linux'" }]`,
  );
  const index = ['name = "pytorch-cpu"', `url = "${cpuIndex}"`, "explicit = true"];
  const table = sectionAt(toml, "tool", "uv", "sources");
  return table === undefined
    ? [addTable(text, "[tool.uv.sources]", [...sources, "", "[[tool.uv.index]]", ...index])]
    : [addEntry(text, table, sources.join(lineBreakOf(text))), addTable(text, "[[tool.uv.index]]", index)];
}

function poetryEdits(text: string, { at }: Requirement): readonly Edit[] | undefined {
  const entry = text.slice(at.start, at.end);
  const version = /=\s*("[^"\n]*"|'[^'\n]*')$/.exec(entry);
  // Only a plain `torch = "^2"` is taken over into a table of its own.
  if (version?.[1] === undefined) return undefined;
  const from = at.end - version[1].length;
  return [
    { at: { start: from, end: at.end }, insert: `{ version = ${version[1]}, source = "pytorch-cpu" }` },
    addTable(text, "[[tool.poetry.source]]", [
      'name = "pytorch-cpu"',
      `url = "${cpuIndex}"`,
      'priority = "explicit"',
    ]),
  ];
}

/** `requirements-gpu.txt`, `requirements_amd.txt`: the file is for machines with an accelerator. */
const namesAccelerator = (path: string): boolean =>
  /(?:^|[^a-z0-9])(?:gpu|cuda|cu\d{2,3}|nvidia|rocm|amd|hpu|xpu|tpu|neuronx?)(?:[^a-z0-9]|$)/i.test(
    path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
  );
