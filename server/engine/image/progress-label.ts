import { bytes, bytesLabel } from "../../../core/size/bytes.ts";
import type { Progress } from "./messages.ts";

/** For people: `layer 3 of 12, 1.20 of 6.60 GB`. What is expected is an engine's or a manifest's word. */
export function progressLabel({ done, total, layers }: Progress): string {
  const layer = layers === null ? "" : `layer ${layers.at} of ${layers.of}, `;
  const read = bytesLabel(bytes(done));
  // More than expected: then nobody knows how much is still to come.
  if (total === null || done > total) return `${layer}${read}`;
  const whole = bytesLabel(bytes(total));
  const [number = "", unit = ""] = read.split(" ");
  return `${layer}${whole.endsWith(` ${unit}`) ? number : read} of ${whole}`;
}
