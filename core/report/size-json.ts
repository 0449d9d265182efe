import type { Size } from "../size/size.ts";

/** A size as every JSON report prints it. */
export function sizeJson(size: Size): object {
  switch (size.kind) {
    case "measured":
      return { kind: size.kind, bytes: size.bytes, from: size.from };
    case "estimated":
      return { kind: size.kind, low: size.low, high: size.high ?? null, basis: size.basis };
    case "unknown":
      return { kind: size.kind, because: size.because };
  }
}
