import { bytes } from "./bytes.ts";
import { type Estimated, estimated } from "./size.ts";

/** One binary. Linux x86-64 wheels of 0.5 to 0.11 hold this much unpacked. */
export const uvSize = estimated(bytes(38_000_000), bytes(60_000_000), "the uv binary of recent versions");

/** Installed with bytecode: pip 23.2 to 26.3 hold 11.6 to 14.5 MB, of which half is bytecode; setuptools 69 to 84. */
export const pipSize = (compiled: boolean): Estimated =>
  compiled
    ? estimated(bytes(11_000_000), bytes(15_500_000), "pip 23.2 to 26.3, installed with bytecode")
    : estimated(bytes(5_500_000), bytes(7_500_000), "pip 23.2 to 26.3, installed without bytecode");

export const setuptoolsSize = (compiled: boolean): Estimated =>
  compiled
    ? estimated(bytes(5_500_000), bytes(9_500_000), "setuptools 69 to 84, installed with bytecode")
    : estimated(bytes(2_700_000), bytes(4_500_000), "setuptools 69 to 84, installed without bytecode");

export const wheelSize: Estimated = estimated(bytes(90_000), bytes(600_000), "wheel 0.40 to 0.48");

/** Files of npm 9.9 to 12.2 as their archives hold them. */
export const npmSize: Estimated = estimated(
  bytes(10_500_000),
  bytes(14_000_000),
  "npm 9.9 to 12.2, unpacked",
);

/** Ranges of things that are there together. */
export const sumOfEstimates = (all: readonly Estimated[]): Estimated =>
  estimated(
    bytes(all.reduce((sum, { low }) => sum + low, 0)),
    bytes(all.reduce((sum, { high }) => sum + high, 0)),
    all.map(({ basis }) => basis).join("; "),
  );
