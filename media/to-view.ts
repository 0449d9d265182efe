import type { ToView } from "../protocol/view.ts";

const types = new Set(["picture", "grouped", "subtree", "rows", "details", "progress", "failed", "select"]);

/** A message of the extension; anything else that arrives in the window is not ours. */
export const isToView = (value: unknown): value is ToView =>
  typeof value === "object" &&
  value !== null &&
  "type" in value &&
  typeof value.type === "string" &&
  types.has(value.type);
