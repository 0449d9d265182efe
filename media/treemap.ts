/** The treemap page: shows what the extension posts and tells it what the user asks for. */
import type { TreeNode } from "../protocol/tree.ts";
import type { FromView, ToView } from "../protocol/view.ts";
import { button, element } from "./dom.ts";
import { factsElement, layerTable } from "./facts.ts";
import { describe } from "./labels.ts";
import { TreeMap } from "./map.ts";
import { ProgressLine, type ProgressState } from "./progress-line.ts";
import { isToView } from "./to-view.ts";

type Picture = Extract<ToView, { type: "picture" }>;

const host = acquireVsCodeApi();
const say = (message: FromView): void => host.postMessage(message);

const status = element("div", { class: "status", role: "status", "aria-live": "polite" });
const header = element("header");
const crumbs = element("nav", { "aria-label": "Path in the image" });
const legend = element(
  "p",
  { class: "legend" },
  element("span", { class: "cell wasted", "aria-hidden": "true" }),
  "hatched: more than half is hidden by later layers. Click or Space: the line that made it; double click or Enter: inside; Escape: back.",
);
const progress = new ProgressLine(() => say({ type: "cancel" }));
const told = element("p", { class: "told", "aria-hidden": "true" });
const table = element("section", { "aria-label": "Layers" });
const map = new TreeMap({
  onOpen: (node) => open(node),
  onReveal: (node) => reveal(node),
  onUp: () => up(),
  onFocus: (node) => {
    told.textContent = describe(node, shown?.bytes ?? 0);
  },
});
document.body.append(element("main", {}, status, header, crumbs, map.element, told, legend, table));

let picture: Picture | undefined;
let shown: TreeNode | undefined;
/** From the image to what is shown. */
let way: readonly TreeNode[] = [];

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (isToView(data)) receive(data);
});
new ResizeObserver(() => redraw()).observe(map.element);
say({ type: "ready" });

function receive(message: ToView): void {
  switch (message.type) {
    case "picture":
      showPicture(message);
      break;
    case "subtree":
      if (message.generation === picture?.generation) showSubtree(message.node);
      break;
    case "progress":
      showProgress(message);
      break;
    case "failed":
      showFailure(message);
      break;
    case "select":
      if (message.generation === picture?.generation) select(message.id);
      break;
  }
}

function showPicture(message: Picture): void {
  // A picture that has grown is looked at from where the last one was.
  const before = picture?.generation === message.generation ? way.slice(1) : [];
  picture = message;
  header.replaceChildren(factsElement(message.facts, message.root));
  table.replaceChildren(layerTable(message.root, revealLayer));
  if (message.complete) status.replaceChildren();
  goTo([message.root, ...sameWay(message.root, before)]);
}

function showSubtree(node: TreeNode): void {
  if (way.at(-1)?.id === node.id) goTo([...way.slice(0, -1), node]);
}

function showProgress(state: ProgressState): void {
  progress.show(state);
  if (progress.element.parentElement !== status) status.replaceChildren(progress.element);
}

function showFailure({ message, retry }: Extract<ToView, { type: "failed" }>): void {
  status.replaceChildren(element("strong", {}, message));
  if (retry) status.append(button("Retry", () => say({ type: "retry" })));
}

function open(node: TreeNode): void {
  if (node.kind === "file" || node.kind === "rest") return;
  goTo([...way, ...pathTo(shown, node)]);
  if (node.children === undefined && picture?.complete === true) {
    say({ type: "expand", generation: picture.generation, id: node.id });
  }
}

/** Whatever is clicked lies in a layer, and a line made that. */
function reveal(node: TreeNode): void {
  const layer = way[1] ?? pathTo(shown, node)[0];
  if (layer !== undefined) revealLayer(layer);
}

/** One that no line is known to have made stays put. */
function revealLayer(layer: TreeNode): void {
  if (picture?.complete === true && layer.linked === true) {
    say({ type: "reveal", generation: picture.generation, id: layer.id });
  }
}

function up(): void {
  if (way.length > 1) goTo(way.slice(0, -1), way.at(-1)?.id);
}

function select(id: number): void {
  const node = picture?.root.children?.find((it) => it.id === id);
  if (picture === undefined || node === undefined) return;
  goTo([picture.root]);
  map.select(id, true);
}

function goTo(next: readonly TreeNode[], current?: number): void {
  way = next;
  shown = next.at(-1);
  crumbs.replaceChildren(
    ...next.map((node, index) => {
      const isLast = index === next.length - 1;
      const res = button(node.name, () => goTo(next.slice(0, index + 1)));
      if (isLast) res.setAttribute("aria-current", "page");
      return res;
    }),
  );
  if (shown !== undefined) map.draw(shown, current);
}

function redraw(): void {
  if (shown !== undefined) map.draw(shown);
}

/** The nodes below `from` that are called as those of a way were, as far as they are there. */
function sameWay(from: TreeNode, [first, ...rest]: readonly TreeNode[]): readonly TreeNode[] {
  if (first === undefined) return [];
  const found = from.children?.find((it) =>
    it.layer ? it.layer.index === first.layer?.index : it.path === first.path,
  );
  return found === undefined || found.kind === "rest" ? [] : [found, ...sameWay(found, rest)];
}

/** The nodes from below `from` down to `to`. */
function pathTo(from: TreeNode | undefined, to: TreeNode): readonly TreeNode[] {
  for (const child of from?.children ?? []) {
    if (child === to) return [child];
    const below = pathTo(child, to);
    if (below.length > 0) return [child, ...below];
  }
  return [];
}
