import { noBytes } from "./bytes.ts";
import { estimated, type Size, unknownSize } from "./size.ts";

const reason =
  "the classic store keeps files that a layer stores again unchanged, the containerd store drops them";

/** Bytes that a layer stores again though they are the same, before an image shows what its store did. */
export function storedAgain(full: Size | undefined): Size {
  switch (full?.kind) {
    case "measured":
      return estimated(noBytes, full.bytes, reason);
    case "estimated":
      return estimated(noBytes, full.high, reason);
    default:
      return unknownSize(`${reason}; analyse the built image to measure it`);
  }
}
