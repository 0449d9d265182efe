/** How an install of Python distributions comes to a build of torch. */
import type { ReadonlyValues } from "../dockerfile/values.ts";
import type { PythonInstall, RequirementWord } from "./python-install.ts";

/** Published by PyTorch's own indexes in builds for CPUs and for GPUs. */
const family = new Set(["torch", "torchvision", "torchaudio"]);

/** Distributions that always need torch, by their metadata, and that serve a CPU as well. */
const needTorch = new Set([
  "sentence-transformers",
  "openai-whisper",
  "ultralytics",
  "easyocr",
  "timm",
  "accelerate",
  "peft",
  "trl",
  "lightning",
  "pytorch-lightning",
  "torchmetrics",
  "fastai",
  "bertopic",
  "flair",
  "stanza",
  "torchsde",
  "torchdiffeq",
  "open-clip-torch",
  "facenet-pytorch",
  "segmentation-models-pytorch",
  "pyannote-audio",
  "speechbrain",
]);

/** Distributions that make sense on a GPU only. */
const needGpu =
  /^(?:vllm|xformers|flash-attn|bitsandbytes|deepspeed|auto-gptq|autoawq|apex|cupy.*|pycuda|cuda-.*|nvidia-.*|tensorrt.*|onnxruntime-gpu|faiss-gpu.*|jax-cuda.*|triton|sglang|lmdeploy|.*-gpu|.*-cu\d+)$/;

/** Distributions that train or generate with networks: who names them has a GPU in mind, wherever it is. */
const wantGpu =
  /^(?:diffusers|accelerate|peft|trl|(?:pytorch-)?lightning|fastai|tensorboardx|horovod|fairseq|mmcv.*|mmdet.*|detectron2|unsloth|axolotl|invokeai|audiocraft|nemo-toolkit)$/;

/** Normalised name of a distribution that hardly anybody uses without a GPU. */
export const suggestsGpu = (name: string): boolean => needGpu.test(name) || wantGpu.test(name);

/** Words of the install that bring torch along. */
export const bringTorch = (install: PythonInstall): readonly RequirementWord[] =>
  install.dependencies
    ? install.requirements.filter(
        ({ name }) => name !== undefined && (family.has(name) || needTorch.has(name)),
      )
    : install.requirements.filter(({ name }) => name === "torch");

export const isTorchFamily = ({ name }: RequirementWord): boolean => name !== undefined && family.has(name);

/** Normalised name of a distribution that only a GPU serves. */
export const isGpuPackage = (name: string): boolean => needGpu.test(name);

export const namesGpuPackage = ({ requirements }: PythonInstall): boolean =>
  requirements.some(
    ({ name, text, extras }) =>
      (name !== undefined && needGpu.test(name)) ||
      /\+(?:cu\d+|rocm)/.test(text ?? "") ||
      extras.some((it) => /^(?:cuda|gpu|cu\d+)/.test(it)),
  );

/** Version that a specifier holds back: `==1.12.1`, `~=1.13`, `<=2.0`, and 1 for `<2`. */
export function heldVersion(specifier: string): string | undefined {
  const [, version] = /(?:==|~=|<=)\s*([\d.]+)/.exec(specifier) ?? [];
  return version ?? (/<\s*2(?:\.0)*(?:\s*,|\s*$)/.test(specifier) ? "1" : undefined);
}

/** Version that an install's words hold torch back to. */
export const pinnedTorch = ({ requirements }: PythonInstall): string | undefined =>
  requirements.filter(({ name }) => name === "torch").flatMap(({ text }) => heldVersion(text ?? "") ?? [])[0];

/** The newest torch for a Python: https://pypi.org/project/torch/#history has no wheels of later ones for it. */
export const newestTorchFor = (python: string | undefined): string | undefined =>
  python === undefined ? undefined : lastTorch.get(python);

const lastTorch: ReadonlyMap<string, string> = new Map([
  ["3.6", "1.10.2"],
  ["3.7", "1.13.1"],
  ["3.8", "2.4.1"],
  ["3.9", "2.8.0"],
]);

const indexVariables = [
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_FIND_LINKS",
  "UV_INDEX",
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_EXTRA_INDEX_URL",
  "UV_FIND_LINKS",
];

/**
 * Which build of torch the index gives: `default` is PyPI's, for GPUs on Linux. Undecided: another index, or one
 * that only a build decides.
 */
export function torchBuild(
  install: PythonInstall,
  environment: ReadonlyValues,
): "default" | "cpu" | "gpu" | "undecided" {
  const given = [
    ...install.indexes.map(({ url }) => url),
    ...indexVariables.flatMap((name) => (environment.has(name) ? [environment.get(name)] : [])),
    ...(environment.has("UV_TORCH_BACKEND") ? [environment.get("UV_TORCH_BACKEND")] : []),
    ...install.requirements.map(({ text }) => text?.match(/\+\w+|https?:\S+/)?.[0] ?? ""),
    install.torchBackend?.text ?? (install.torchBackend === undefined ? "" : undefined),
  ];
  if (given.includes(undefined)) return "undecided";
  const said = given.filter((it): it is string => it !== undefined && it !== "");
  if (said.some((it) => /(?:^|[/+])cpu\b/.test(it))) return "cpu";
  if (said.some((it) => /(?:^|[/+])(?:cu\d+|rocm[\d.]*|xpu|auto|nightly)\b/.test(it))) return "gpu";
  // A mirror of PyPI gives what PyPI gives; whatever else it may hold, nobody can tell.
  return said.some((it) => !/\/simple\/?$/.test(it)) ? "undecided" : "default";
}
