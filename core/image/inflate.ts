/** The one door to the decompressor of small things inside files: entries of Java archives, lists of crates. */
import { inflateSync, unzlibSync } from "fflate";

/** More than metadata take is refused; a few bytes can claim to unpack to any number. */
const most = 8 << 20;
const longestPacked = 1 << 20;

/** Undefined where the bytes are broken, or more than `size` come out. */
export function inflated(bytes: Uint8Array, size: number): Uint8Array | undefined {
  if (size > most || bytes.length > longestPacked) return undefined;
  try {
    const res = inflateSync(bytes, { out: new Uint8Array(size) });
    return res.length === size ? res : undefined;
  } catch {
    return undefined;
  }
}

/** With zlib's header; what comes out of hostile bytes is cut at the limit. */
export function unzlibbed(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length > longestPacked) return undefined;
  try {
    return unzlibSync(bytes, { out: new Uint8Array(Math.min(most, bytes.length * 64 + 1_024)) });
  } catch {
    return undefined;
  }
}
