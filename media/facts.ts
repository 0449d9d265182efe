import type { TreeNode } from "../protocol/tree.ts";
import type { PictureFacts } from "../protocol/view.ts";
import { button, element } from "./dom.ts";
import { sizeOf } from "./labels.ts";

/** What the header says about the image; a number that is not there yet is said to be so, never shown as 0. */
export function factsElement(facts: PictureFacts, root: TreeNode): HTMLElement {
  const known = (value: number | null): string => (value === null ? "not known yet" : sizeOf(value));
  const rows: readonly (readonly [string, string])[] = [
    ["Image", facts.reference],
    ["Platform", facts.platform],
    ["All layers", `${sizeOf(root.bytes)} (${facts.sizesFrom})`],
    ["Visible in a container", known(facts.visible)],
    ["Deleted by later layers", known(facts.deleted)],
    ["Overwritten", known(facts.overwritten)],
    ["Stored again, only metadata changed", known(facts.metadataOnly)],
    ["Stored more than once", known(facts.duplicated)],
  ];
  const list = element("dl", { class: "facts" });
  for (const [name, value] of rows) {
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  }
  const section = element("section", { "aria-label": "Facts about the image" }, list);
  for (const it of facts.troubles.slice(0, 5)) section.append(element("p", { class: "trouble" }, it));
  return section;
}

/** The layers as a table: the same numbers without the picture. */
export function layerTable(root: TreeNode, onReveal: (node: TreeNode) => void): HTMLElement {
  const body = element("tbody");
  for (const node of root.children ?? []) {
    if (node.layer === undefined) continue;
    const actions = element("td", { class: "actions" });
    if (node.linked === true) actions.append(button("Go to Line", () => onReveal(node)));
    body.append(
      element(
        "tr",
        {},
        element("td", { class: "number" }, String(node.layer.index)),
        element("td", { class: "number" }, `${node.stated === true ? "about " : ""}${sizeOf(node.bytes)}`),
        element("td", { class: "number" }, node.wasted > 0 ? sizeOf(node.wasted) : ""),
        element("td", { class: "command", title: node.name }, node.name),
        actions,
      ),
    );
  }
  const head = (
    [
      ["Layer", "number"],
      ["Size", "number"],
      ["Hidden", "number"],
      ["Made by", "command"],
      ["", "actions"],
    ] as const
  ).map(([name, kind]) => element("th", { scope: "col", class: kind }, name));
  return element("table", { "aria-label": "Layers" }, element("thead", {}, element("tr", {}, ...head)), body);
}
