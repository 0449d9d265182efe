import type { FromView } from "../protocol/view.ts";

/** A message of the page, checked: what has another shape is dropped. */
export function fromView(value: unknown): FromView | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  switch (value.type) {
    case "ready":
    case "cancel":
    case "retry":
      return { type: value.type };
    case "expand":
    case "reveal": {
      const { generation, id } = { generation: undefined, id: undefined, ...value };
      return Number.isSafeInteger(generation) && Number.isSafeInteger(id)
        ? { type: value.type, generation: Number(generation), id: Number(id) }
        : undefined;
    }
    default:
      return undefined;
  }
}
