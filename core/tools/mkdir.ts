import type { Tool } from "./tool.ts";

export const mkdir: Tool = {
  names: ["mkdir"],
  // An empty directory holds no bytes.
  effects: () => [{ kind: "nothing" }],
};
