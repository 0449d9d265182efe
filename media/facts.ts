import type { TreeNode } from "../protocol/tree.ts";
import type { Grouping, PictureFacts } from "../protocol/view.ts";
import { button, element } from "./dom.ts";
import { filesOf, sizeOf } from "./labels.ts";

const mostTroubles = 3;

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** The grouping that shows these bytes. */
  readonly shows?: Grouping;
}

/** What the header says about the image; a number that is not there yet is said to be so, never shown as 0. */
export function factsElement(
  facts: PictureFacts,
  root: TreeNode,
  onShow: (grouping: Grouping) => void,
): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const { name, value, note, shows } of factsOf(facts, root)) {
    const told = shows === undefined ? value : button(value, () => onShow(shows));
    if (typeof told !== "string") {
      told.className = "link";
      told.title = "Show what they are";
      told.setAttribute("aria-label", `${name}: ${value}. Show what they are`);
    }
    list.append(
      element(
        "div",
        { title: note },
        element("dt", {}, name),
        element("dd", {}, told, element("span", { class: "note aside" }, note)),
      ),
    );
  }
  const section = element(
    "section",
    { "aria-label": "Facts about the image" },
    element(
      "h1",
      {},
      element("span", { class: "reference" }, facts.reference),
      element(
        "span",
        { class: "note from" },
        [facts.platform, sourceOf(facts.source)].filter(Boolean).join(" · "),
      ),
    ),
    list,
  );
  for (const it of facts.troubles.slice(0, mostTroubles))
    section.append(element("p", { class: "trouble" }, it));
  const left = facts.troubles.length - mostTroubles;
  if (left > 0) section.append(element("p", { class: "trouble" }, `… and ${left} more of that kind.`));
  return section;
}

function factsOf(facts: PictureFacts, root: TreeNode): readonly Fact[] {
  const { visible, deleted, overwritten, metadataOnly, duplicated, strippable, base } = facts;
  const layers = `${facts.layers.length} ${facts.layers.length === 1 ? "layer" : "layers"}`;
  const whole: Fact = {
    name: "All layers",
    value: sizeOf(root.bytes),
    note: [layers, ...(root.files > 0 ? [filesOf(root.files)] : []), facts.sizesFrom].join(", "),
  };
  if (visible === null || deleted === null || overwritten === null || metadataOnly === null) {
    const rest = ["Visible in a container", "Hidden by later layers", "Stored more than once"];
    return [whole, ...rest.map((name): Fact => ({ name, value: "not known yet", note: "" }))];
  }
  const hidden = deleted + overwritten + metadataOnly;
  const why = [
    ...(deleted > 0 ? [`${sizeOf(deleted)} deleted`] : []),
    ...(overwritten > 0 ? [`${sizeOf(overwritten)} overwritten`] : []),
    ...(metadataOnly > 0 ? [`${sizeOf(metadataOnly)} stored again, only metadata changed`] : []),
  ];
  return [
    whole,
    {
      name: "Of the base image",
      value: base === null ? "not known" : sizeOf(base.bytes),
      note:
        base === null
          ? ""
          : `yours ${sizeOf(root.bytes - base.bytes)}, from ${base.from.replace(/^the history.*$/, "the history")}`,
    },
    { name: "Visible in a container", value: sizeOf(visible), note: "" },
    {
      name: "Hidden by later layers",
      value: sizeOf(hidden),
      note: why.join(", "),
      ...(hidden > 0 && { shows: "hidden" as const }),
    },
    {
      name: "Stored more than once",
      value: duplicated === null ? "not known" : sizeOf(duplicated),
      note: "",
    },
    {
      name: "Strippable symbols",
      value: strippable === null ? "not known" : sizeOf(strippable),
      note: "",
      ...(strippable !== null && strippable > 0 && { shows: "symbols" as const }),
    },
  ];
}

const sources: Readonly<Record<string, string>> = {
  docker: "from the engine",
  archive: "from an archive",
  layout: "from an OCI layout",
  registry: "from a registry",
};

const sourceOf = (source: string): string => sources[source] ?? source;
