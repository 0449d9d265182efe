/** Debian packages that known base images hold beside what their distribution's own image has. */

const known: readonly (readonly [image: RegExp, packages: readonly string[]])[] = [
  // cuda-nvcc depends on build-essential.
  [/(?:^|\/)(?:nvidia\/cuda|pytorch\/pytorch):[^@]*-devel\b/, ["build-essential"]],
  // NVIDIA's framework images: https://docs.nvidia.com/deeplearning/frameworks/
  [
    /^nvcr\.io\/nvidia\/(?:pytorch|tensorflow|mxnet|nemo|modulus|paddlepaddle|jax)(?:[:@]|$)/,
    ["build-essential", "ca-certificates", "curl", "git", "python3-dev", "python3-pip", "unzip", "wget"],
  ],
];

export const packagesOfBase = (image: string | undefined): readonly string[] =>
  image === undefined ? [] : (known.find(([pattern]) => pattern.test(image))?.[1] ?? []);
