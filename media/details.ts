import type { NodeDetails, Shares } from "../protocol/tree.ts";
import type { LayerFacts } from "../protocol/view.ts";
import { button, element } from "./dom.ts";
import { ecosystemOf, filesOf, hiddenLabels, namesOf, shareOf, sizeOf, whyThere } from "./labels.ts";

/** The node that is told about. */
export interface Subject {
  readonly id: number;
  readonly name: string;
  readonly path?: string;
  readonly bytes: number;
  readonly files: number;
  readonly wasted: number;
}

type PackageShare = NodeDetails["packages"]["rows"][number];

const mostNeeds = 6;

/** The side panel: whose bytes the chosen node's bytes are. */
export class Details {
  readonly element = element("aside", { "aria-label": "Whose bytes these are" });
  readonly #onReveal: (layer: number) => void;

  constructor(onReveal: (layer: number) => void) {
    this.#onReveal = onReveal;
  }

  /** `details`: undefined while they are not there. */
  show(
    subject: Subject,
    whole: number,
    details: NodeDetails | undefined,
    layers: readonly LayerFacts[],
  ): void {
    const facts = [
      sizeOf(subject.bytes),
      ...(subject.bytes === whole ? [] : [shareOf(subject.bytes, whole)]),
      ...(subject.files > 0 ? [filesOf(subject.files)] : []),
    ];
    this.element.replaceChildren(
      element("h2", { title: subject.path ?? subject.name }, subject.path ?? subject.name),
      element("p", { class: "sum" }, facts.join(" · ")),
      ...(details === undefined ? [] : this.#sections(details, layers)),
    );
  }

  #sections(details: NodeDetails, layers: readonly LayerFacts[]): readonly HTMLElement[] {
    const { strippable } = details;
    return [
      this.#section("Layer", "Layers", details.layers, ({ layer }) => this.#layer(layer, layers)),
      this.#section("Package", "Packages", details.packages, (it) => packageLines(it)),
      this.#section("Category", "Categories", details.categories, (it) => [element("div", {}, it.name)]),
      this.#section("Hidden by a later layer", "Hidden by later layers", details.hidden, ({ kind, by }) => [
        element("div", { class: "note" }, hiddenLabels[kind]),
        ...this.#layer(by, layers),
      ]),
      ...(strippable > 0
        ? [section("Symbols", [element("p", {}, `Stripping would free ${sizeOf(strippable)}.`)])]
        : []),
    ].filter((it) => it !== undefined);
  }

  #section<Of>(
    one: string,
    several: string,
    { rows, cut }: Shares<Of>,
    linesOf: (it: Of & { readonly bytes: number }) => readonly Node[],
  ): HTMLElement | undefined {
    if (rows.length === 0) return undefined;
    const items = rows.map((it) =>
      element(
        "li",
        {},
        element("span", { class: "number" }, sizeOf(it.bytes)),
        element("div", { class: "lines" }, ...linesOf(it)),
      ),
    );
    if (cut.count > 0)
      items.push(
        element(
          "li",
          {},
          element("span", { class: "number" }, sizeOf(cut.bytes)),
          element("div", { class: "lines note" }, `${cut.count} more`),
        ),
      );
    return section(items.length === 1 ? one : several, [element("ul", {}, ...items)]);
  }

  #layer(index: number, layers: readonly LayerFacts[]): readonly Node[] {
    const layer = layers[index];
    const whose = layer?.base === true ? ", base image" : layer?.base === false ? ", yours" : "";
    const head = element("div", { class: "note" }, `layer ${index}${whose}`);
    if (layer?.linked === true) {
      const go = button("Go to Line", () => this.#onReveal(index));
      go.className = "link";
      go.setAttribute("aria-label", `Go to the line that made layer ${index}`);
      head.append(" ", go);
    }
    const command = layer?.command ?? "";
    return [element("code", { title: command }, command), head];
  }
}

function packageLines({ package: it }: PackageShare): readonly Node[] {
  if (it === null) return [element("div", { class: "note" }, "of no package")];
  const why = [ecosystemOf(it.ecosystem), whyThere(it)].filter(Boolean).join(", ");
  const lines = [
    element("div", {}, `${it.name} ${it.version}`.trim()),
    element("div", { class: "note" }, why),
  ];
  if (it.broughtBy.length > 2)
    lines.push(element("div", { class: "note" }, `brought by ${it.broughtBy.join(" → ")}`));
  if (it.dependsOn.length > 0)
    lines.push(element("div", { class: "note" }, `needs ${namesOf(it.dependsOn, mostNeeds)}`));
  return lines;
}

const section = (title: string, content: readonly Node[]): HTMLElement =>
  element("section", {}, element("h3", {}, title), ...content);
