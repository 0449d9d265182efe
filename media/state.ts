import type { Grouping, Question } from "../protocol/view.ts";

/** What the page keeps for when it is shown again. */
export interface KeptState {
  readonly generation: number;
  readonly question: Question;
}

const groupings: ReadonlySet<unknown> = new Set<Grouping>([
  "layers",
  "folders",
  "packages",
  "categories",
  "hidden",
  "symbols",
]);
const isGrouping = (value: unknown): value is Grouping => groupings.has(value);

/** An older page may have kept something else. */
export function stateOf(value: unknown): KeptState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { generation, question } = { generation: undefined, question: undefined, ...value };
  if (typeof generation !== "number" || typeof question !== "object" || question === null) return undefined;
  const { grouping, filter } = { grouping: undefined, filter: undefined, ...(question as object) };
  return isGrouping(grouping) && typeof filter === "string"
    ? { generation, question: { grouping, filter } }
    : undefined;
}
