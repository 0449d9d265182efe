/** What the default torch wheels for Linux bring for GPUs alone, before anything is known of the versions. */
import { bytes } from "./bytes.ts";
import { estimated, type Size } from "./size.ts";

/**
 * Against the CPU build of the same version. torch 2.14.1 and all that it needs on Linux: 5,471 MB installed, of which
 * the rest without torch's own packages stays; torch 2.13.0+cpu: 699 MB (data/README.md). Other versions are near.
 */
export function cudaStackSaving(version: string | undefined): Size {
  const major = /^(\d+)\./.exec(version ?? "")?.[1];
  // Before version 2 the CUDA libraries came as few wheels, or inside torch's own.
  if (major === "0" || major === "1") {
    return estimated(
      bytes(900_000_000),
      bytes(4_500_000_000),
      "torch 1.x with its CUDA libraries, by their releases",
    );
  }
  return version === undefined
    ? estimated(
        bytes(4_100_000_000),
        bytes(5_200_000_000),
        "torch 2.14 for CUDA 13 with what it brings along, against torch 2.13 for CPUs",
      )
    : estimated(
        bytes(3_000_000_000),
        bytes(6_300_000_000),
        "torch 2.14 for CUDA 13 with what it brings along, against torch 2.13 for CPUs; other versions differ",
      );
}
