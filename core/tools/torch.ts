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
  /^(?:vllm|xformers|flash-attn|bitsandbytes|deepspeed|auto-gptq|autoawq|apex|cupy.*|cuda-.*|nvidia-.*|tensorrt.*|onnxruntime-gpu|faiss-gpu.*|jax-cuda.*|triton|sglang|lmdeploy|.*-gpu|.*-cu\d+)$/;

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

/** Version that `==` pins torch to. */
export const pinnedTorch = ({ requirements }: PythonInstall): string | undefined =>
  requirements
    .filter(({ name }) => name === "torch")
    .flatMap(({ text }) => /==\s*([\d.]+)/.exec(text ?? "")?.[1] ?? [])[0];

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
