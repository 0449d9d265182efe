import { noBytes } from "./bytes.ts";
import { estimated, type Size, unknownSize } from "./size.ts";

const reason =
  "the classic store keeps files that a layer stores again unchanged, the containerd store drops them";

/** Bytes that a layer stores again though they are the same, before an image shows what its store did. */
export function storedAgain(full: Size | undefined): Size {
  const high = full?.kind === "measured" ? full.bytes : full?.kind === "estimated" ? full.high : undefined;
  return high === undefined
    ? unknownSize(`${reason}; analyse the built image to measure it`)
    : estimated(noBytes, high, reason);
}
