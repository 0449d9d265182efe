import type { FromView, Grouping } from "../protocol/view.ts";

const groupings: readonly Grouping[] = ["layers", "folders", "packages", "categories", "hidden", "symbols"];

/** A message of the page, checked: what has another shape is dropped. */
export function fromView(value: unknown): FromView | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  switch (value.type) {
    case "ready":
    case "cancel":
    case "retry":
      return { type: value.type };
    case "group": {
      const { generation, grouping, filter } = {
        generation: undefined,
        grouping: undefined,
        filter: undefined,
        ...value,
      };
      const known = groupings.find((it) => it === grouping);
      return isNumber(generation) && known !== undefined && typeof filter === "string"
        ? { type: "group", generation, grouping: known, filter }
        : undefined;
    }
    case "expand":
    case "rows":
    case "details":
    case "reveal": {
      const { generation, tree, id } = { generation: undefined, tree: undefined, id: undefined, ...value };
      return isNumber(generation) && isNumber(tree) && isNumber(id)
        ? { type: value.type, generation, tree, id }
        : undefined;
    }
    case "revealLayer": {
      const { generation, layer } = { generation: undefined, layer: undefined, ...value };
      return isNumber(generation) && isNumber(layer) ? { type: value.type, generation, layer } : undefined;
    }
    case "export": {
      const { generation, tree } = { generation: undefined, tree: undefined, ...value };
      return isNumber(generation) && isNumber(tree) ? { type: value.type, generation, tree } : undefined;
    }
    default:
      return undefined;
  }
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
