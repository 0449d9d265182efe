/** Whether an image is meant for a GPU, as far as its base images, its environment and what starts it say. */
import type { World } from "../world.ts";
import type { Facts, Stage } from "./facts.ts";

/** Images that bring a GPU stack, by name or tag. */
const gpuImage =
  /(?:^|\/)(?:nvidia\/|cuda(?:[/:@]|$)|rocm\/)|^nvcr\.io\/|(?:^|[-_:.\d])(?:cuda|cu\d{2,3}|cudnn|rocm|gpu|tensorrt)(?:[-_.\d]|$)/i;

/** Images that hold a build of torch for their processor already, which a later install finds. */
const torchImage =
  /(?:^|[/_.-])(?:py)?torch(?:[/:@_.-]|$)|(?:^|[/_.-])(?:habana\w*|gaudi|neuron\w*|hpu|xpu|npu|ascend)(?=[/:@_.-]|$)/i;

/** An unknown image is not said to be made for a GPU. */
export const isGpuImage = (image: string | undefined): boolean => image !== undefined && gpuImage.test(image);

/** A GPU or another accelerator is wanted by a shipped image, or its base brings torch: nothing is said against CUDA there. */
export const wantsGpu = (facts: Facts, world: World): boolean =>
  world.gpu === true ||
  facts.stages.some(
    (it) => it.shipped && (isGpuImage(it.baseImage) || torchImage.test(it.baseImage ?? "") || exposesGpu(it)),
  );

/** The NVIDIA runtime reads these; `void` and `none` turn it off. */
function exposesGpu({ environment }: Stage): boolean {
  return ["NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"].some(
    (name) => environment.has(name) && !/^(?:void|none)?$/.test(environment.get(name) ?? "all"),
  );
}
