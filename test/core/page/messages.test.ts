import { describe, expect, it } from "vitest";
import { fromView } from "../../../client/from-view.ts";
import { stateOf } from "../../../media/state.ts";
import { isToView } from "../../../media/to-view.ts";

const node = { generation: 1, tree: 0, id: 3 };

describe("messages of the page", () => {
  it.each([
    [{ type: "ready" }],
    [{ type: "cancel" }],
    [{ type: "retry" }],
    [{ type: "group", generation: 1, grouping: "packages", filter: "a b" }],
    [{ type: "expand", ...node }],
    [{ type: "rows", ...node }],
    [{ type: "details", ...node }],
    [{ type: "reveal", ...node }],
    [{ type: "revealLayer", generation: 1, layer: 0 }],
    [{ type: "export", generation: 1, tree: 2 }],
  ])("are taken as they are meant: %j", (message) => {
    expect(fromView(message)).toEqual(message);
    expect(fromView({ ...message, more: "x" })).toEqual(message);
  });

  it.each([
    [undefined],
    [null],
    ["ready"],
    [{}],
    [{ type: "unheard" }],
    [{ type: "toString" }],
    [{ type: "group", generation: 1, grouping: "size", filter: "" }],
    [{ type: "group", generation: 1, grouping: "layers" }],
    [{ type: "group", generation: "1", grouping: "layers", filter: "" }],
    [{ type: "expand", generation: 1, id: 3 }],
    [{ type: "rows", ...node, id: 1.5 }],
    [{ type: "details", ...node, tree: Number.NaN }],
    [{ type: "reveal", ...node, generation: null }],
    [{ type: "revealLayer", generation: 1, layer: "0" }],
    [{ type: "export", generation: 1 }],
  ])("are dropped where they have another shape: %j", (message) => {
    expect(fromView(message)).toBeUndefined();
  });

  it("to it are known by their type", () => {
    for (const type of ["picture", "grouped", "subtree", "rows", "details", "progress", "failed", "select"])
      expect(isToView({ type })).toBe(true);
    for (const it of [undefined, null, "picture", {}, { type: 1 }, { type: "vscode-script-load" }])
      expect(isToView(it)).toBe(false);
  });

  it("keep a question, and nothing that another version kept", () => {
    const kept = { generation: 4, question: { grouping: "hidden", filter: "tests" } };
    expect(stateOf(kept)).toEqual(kept);
    for (const it of [
      undefined,
      null,
      "x",
      {},
      { generation: 4 },
      { generation: "4", question: kept.question },
      { generation: 4, question: null },
      { generation: 4, question: { grouping: "colour", filter: "" } },
      { generation: 4, question: { grouping: "hidden", filter: 1 } },
    ])
      expect(stateOf(it)).toBeUndefined();
  });
});
