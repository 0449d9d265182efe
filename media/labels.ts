import { bytes, bytesLabel } from "../core/size/bytes.ts";
import type { TreeNode } from "../protocol/tree.ts";

export const sizeOf = (count: number): string => bytesLabel(bytes(Math.max(0, Math.round(count))));

/** For screen readers and tooltips: name, size, share, waste. */
export function describe(node: TreeNode, whole: number): string {
  const share = whole > 0 ? `, ${((node.bytes / whole) * 100).toFixed(1)} % of what is shown` : "";
  const wasted = node.wasted > 0 ? `, ${sizeOf(node.wasted)} hidden by later layers` : "";
  const files = node.files > 0 ? `, ${node.files} ${node.files === 1 ? "file" : "files"}` : "";
  const stated = node.stated === true ? ", not read yet" : "";
  return `${node.path ?? node.name}: ${sizeOf(node.bytes)}${stated}${share}${files}${wasted}`;
}
