import { type Box, squarify } from "../core/treemap/squarify.ts";
import { tonesOf } from "../core/treemap/tones.ts";
import type { TreeNode } from "../protocol/tree.ts";
import { element } from "./dom.ts";
import { describe, sizeOf } from "./labels.ts";

/** As shares of the font's size: what a rectangle's title takes, and what text needs at least. */
const titleShare = 1.38;
const leastShare = 1.1;
const mostRectangles = 3_000;
const deepest = 8;

interface Options {
  /** Show what is inside: a double click, Enter. */
  readonly onOpen: (node: TreeNode) => void;
  /** A click, Space. */
  readonly onChoose: (node: TreeNode) => void;
  readonly onUp: () => void;
  /** The focus came to it. */
  readonly onFocus: (node: TreeNode) => void;
  /** The pointer is over it. */
  readonly onPoint: (node: TreeNode) => void;
}

interface Placed {
  readonly node: TreeNode;
  readonly box: Box;
  readonly element: HTMLElement;
}

/** Colours there are for what lies side by side. */
const tones = 6;

/** The colour a box would like to have; undefined: grey. */
export type ToneWish = (node: TreeNode, index: number) => number | undefined;

/** The rectangles: a tree for assistive technology, with one tab stop and arrow keys that go where they point. */
export class TreeMap {
  readonly element: HTMLElement;
  readonly #options: Options;
  #placed: Placed[] = [];
  #current: Placed | undefined;
  #selected: Placed | undefined;
  /** In pixels. */
  #titleHeight = 0;
  #leastSide = 0;

  constructor(options: Options) {
    this.#options = options;
    this.element = element("div", {
      class: "map",
      role: "tree",
      "aria-label": "Treemap of the image",
      "aria-description": "Arrow keys: the neighbours. Space: choose. Enter: inside. Escape: back.",
    });
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.#on("click", (placed) => {
      this.#focus(placed);
      this.#options.onChoose(placed.node);
    });
    this.#on("dblclick", ({ node }) => this.#options.onOpen(node));
    this.#on("focusin", ({ node }) => this.#options.onFocus(node));
    this.#on("mouseover", ({ node }) => this.#options.onPoint(node));
  }

  #on(type: "click" | "dblclick" | "focusin" | "mouseover", take: (placed: Placed) => void): void {
    this.element.addEventListener(type, ({ target }) => {
      const placed = this.#at(target);
      if (placed !== undefined) take(placed);
    });
  }

  /**
   * `current`: the node that takes the tab stop, and the focus where the map has it. `wishOf`: the colour of a child of
   * the top; what is inside keeps it.
   */
  draw(top: TreeNode, wishOf: ToneWish, current = this.#current?.node.id): void {
    const hasFocus = this.element.contains(document.activeElement);
    const { width, height } = this.element.getBoundingClientRect();
    const fontSize = Number.parseFloat(getComputedStyle(this.element).fontSize);
    this.#titleHeight = Math.round(fontSize * titleShare);
    this.#leastSide = Math.round(fontSize * leastShare);
    this.#placed = [];
    this.#selected = undefined;
    const cells = document.createDocumentFragment();
    this.#place(cells, top, { x: 0, y: 0, width, height }, 0, top.bytes, wishOf);
    this.element.replaceChildren(cells);
    const kept = this.#placed.find((it) => it.node.id === current) ?? this.#placed[0];
    this.#current = kept;
    if (hasFocus) this.#focus(kept);
    else kept?.element.setAttribute("tabindex", "0");
  }

  /** Marks and focuses a rectangle; false: it is not drawn. */
  select(id: number, takesFocus: boolean): boolean {
    const placed = this.#placed.find((it) => it.node.id === id);
    this.#selected?.element.removeAttribute("aria-selected");
    this.#selected = placed;
    if (placed === undefined) return false;
    placed.element.setAttribute("aria-selected", "true");
    if (takesFocus) this.#focus(placed);
    return true;
  }

  #place(
    cells: DocumentFragment,
    parent: TreeNode,
    box: Box,
    depth: number,
    whole: number,
    colour: ToneWish | string,
  ): void {
    const children = parent.children ?? [];
    const boxes = squarify(
      children.map((it) => it.bytes),
      box,
    );
    // Of one alone, the colour tells nothing: then those inside it have a colour each.
    const isAlone = children.filter(({ bytes }) => bytes > 0).length === 1;
    const colours =
      typeof colour === "string" ? undefined : tonesOf(boxes, children.map(colour), tones).map(toneName);
    children.forEach((child, index) => {
      const own = boxes[index];
      const { node, name } = collapsed(child);
      if (own === undefined || own.width < 3 || own.height < 3 || this.#placed.length >= mostRectangles)
        return;
      const tone = typeof colour === "string" ? colour : (colours?.[index] ?? toneName(undefined));
      const inner = {
        x: own.x + 2,
        y: own.y + this.#titleHeight,
        width: own.width - 4,
        height: own.height - this.#titleHeight - 2,
      };
      const hasInside =
        depth < deepest &&
        inner.width > this.#leastSide * 2 &&
        inner.height > this.#leastSide &&
        (node.children ?? []).length > 0;
      this.#draw(cells, { node, name, box: own }, depth, whole, `${tone} ${hasInside ? "holds" : "leaf"}`);
      if (hasInside)
        this.#place(cells, node, inner, depth + 1, whole, isAlone && colours !== undefined ? colour : tone);
    });
  }

  #draw(
    cells: DocumentFragment,
    { node, name, box }: { readonly node: TreeNode; readonly name: string; readonly box: Box },
    depth: number,
    whole: number,
    look: string,
  ): void {
    const classes = ["cell", look, `depth-${Math.min(depth, 3)}`, node.kind];
    if (node.bytes > 0 && node.wasted / node.bytes > 0.5) classes.push("wasted");
    const cell = element("div", {
      class: classes.join(" "),
      role: "treeitem",
      tabindex: "-1",
      "aria-level": String(depth + 1),
      "aria-label": describe(node, whole),
      "data-index": String(this.#placed.length),
    });
    cell.style.left = `${box.x}px`;
    cell.style.top = `${box.y}px`;
    cell.style.width = `${box.width}px`;
    cell.style.height = `${box.height}px`;
    if (box.width > this.#leastSide * 3 && box.height > this.#leastSide) {
      cell.append(
        element(
          "span",
          { class: "name", "aria-hidden": "true" },
          element("span", { class: "label" }, name),
          element("span", { class: "size" }, sizeOf(node.bytes)),
        ),
      );
    }
    this.#placed.push({ node, box, element: cell });
    cells.append(cell);
  }

  #onKey(event: KeyboardEvent): void {
    const placed = this.#at(event.target);
    if (placed === undefined) return;
    switch (event.key) {
      case "Enter":
        this.#options.onOpen(placed.node);
        break;
      case " ":
        this.#options.onChoose(placed.node);
        break;
      case "Escape":
      case "Backspace":
        this.#options.onUp();
        break;
      case "Home":
        this.#focus(this.#placed[0]);
        break;
      case "End":
        this.#focus(this.#placed.at(-1));
        break;
      case "ArrowLeft":
      case "ArrowRight":
      case "ArrowUp":
      case "ArrowDown":
        this.#focus(this.#neighbour(placed, event.key));
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  /** The nearest rectangle whose middle lies in the arrow's direction; of equals, the one of the same depth. */
  #neighbour(from: Placed, key: string): Placed | undefined {
    const level = from.element.getAttribute("aria-level");
    const a = middleOf(from.box);
    let best: Placed | undefined;
    let bestDistance = Number.POSITIVE_INFINITY;
    for (const it of this.#placed) {
      if (it === from || it.element.getAttribute("aria-level") !== level) continue;
      const b = middleOf(it.box);
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const along = key === "ArrowLeft" ? -dx : key === "ArrowRight" ? dx : key === "ArrowUp" ? -dy : dy;
      const across = key === "ArrowLeft" || key === "ArrowRight" ? Math.abs(dy) : Math.abs(dx);
      if (along <= 1) continue;
      const distance = along + 2 * across;
      if (distance >= bestDistance) continue;
      best = it;
      bestDistance = distance;
    }
    return best;
  }

  #focus(placed: Placed | undefined): void {
    if (placed === undefined) return;
    this.#current?.element.setAttribute("tabindex", "-1");
    placed.element.setAttribute("tabindex", "0");
    this.#current = placed;
    placed.element.focus({ preventScroll: true });
  }

  #at(target: EventTarget | null): Placed | undefined {
    const cell = target instanceof Element ? target.closest("[data-index]") : null;
    return cell === null ? undefined : this.#placed[Number(cell.getAttribute("data-index"))];
  }
}

const toneName = (tone: number | undefined): string => (tone === undefined ? "tone-base" : `tone-${tone}`);

const middleOf = (box: Box): { readonly x: number; readonly y: number } => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
});

/** Directories that hold nothing but one directory are shown as one, by their whole path. */
function collapsed(from: TreeNode): { readonly node: TreeNode; readonly name: string } {
  let node = from;
  let name = from.name;
  while (node.kind === "directory") {
    const [only, ...others] = node.children ?? [];
    if (only?.kind !== "directory" || others.length > 0) break;
    node = only;
    name = `${name}/${only.name}`;
  }
  return { node, name };
}
