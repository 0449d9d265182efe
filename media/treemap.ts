/** The treemap page: shows what the extension posts and tells it what the user asks for. */
import type { NodeDetails, NodeRow, TreeNode } from "../protocol/tree.ts";
import type { FromView, Question, ToView } from "../protocol/view.ts";
import { Details, type Subject } from "./details.ts";
import { button, element } from "./dom.ts";
import { factsElement } from "./facts.ts";
import { describe, sizeOf } from "./labels.ts";
import { TreeMap } from "./map.ts";
import { ProgressLine, type ProgressState } from "./progress-line.ts";
import { isOpenable, RowTable } from "./rows.ts";
import { stateOf } from "./state.ts";
import { isToView } from "./to-view.ts";
import { Toolbar } from "./toolbar.ts";

type Picture = Extract<ToView, { type: "picture" }>;

const byLayers: Question = { grouping: "layers", filter: "" };
/** Arrow keys held down ask nothing on their way. */
const restMilliseconds = 80;

const host = acquireVsCodeApi();
const say = (message: FromView): void => host.postMessage(message);

const status = element("div", { class: "status", role: "status", "aria-live": "polite" });
const header = element("header");
const toolbar = new Toolbar({ onAsk: (it) => ask(it), onExport: () => save() });
const crumbs = element("nav", { "aria-label": "Path in the image" });
const progress = new ProgressLine(() => say({ type: "cancel" }));
const told = element("p", { class: "told", "aria-hidden": "true" });
const legend = element(
  "p",
  { class: "legend" },
  element("span", { class: "cell wasted", "aria-hidden": "true" }),
  "hidden by later layers",
);
const howTo = "Double click or Enter: inside. Escape: back.";
told.textContent = howTo;
const details = new Details((layer) => revealLayer(layer));
const table = new RowTable({
  onChoose: (row) => chooseRow(row),
  onOpen: (row) => openRow(row),
  onReveal: (layer) => revealLayer(layer),
  onUp: () => up(),
});
const map = new TreeMap({
  onOpen: (node) => open(node),
  onChoose: (node) => {
    chooseNode(node);
    if (asked.grouping === "layers") reveal(node);
  },
  onUp: () => up(),
  onFocus: (node) => {
    point(node);
    if (node.kind !== "rest") tellSoon(node);
  },
  onPoint: (node) => point(node),
});
document.body.append(
  element(
    "main",
    {},
    status,
    header,
    toolbar.element,
    crumbs,
    element(
      "div",
      { id: "picture", class: "picture", role: "tabpanel", "aria-labelledby": "tab-layers" },
      element("div", { class: "drawn" }, map.element, element("div", { class: "below" }, told, legend)),
      details.element,
      table.element,
    ),
  ),
);

let picture: Picture | undefined;
let asked: Question = byLayers;
let tree = 0;
let shown: TreeNode | undefined;
/** From the whole to what is shown. */
let way: readonly TreeNode[] = [];
/** What was shown before, on the way up. */
let left: number | undefined;
/** What the side panel tells about. */
let subject: Subject | undefined;
let timer: number | undefined;

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (isToView(data)) receive(data);
});
let width = 0;
new ResizeObserver(([entry]) => {
  const next = entry === undefined ? 0 : entry.contentRect.width * 10_000 + entry.contentRect.height;
  if (next === width) return;
  width = next;
  requestAnimationFrame(() => redraw());
}).observe(map.element);
say({ type: "ready" });

function receive(message: ToView): void {
  if (message.type === "progress") showProgress(message);
  else if (message.type === "failed") showFailure(message);
  else if (message.type === "picture") showPicture(message);
  else if (message.generation !== picture?.generation) return;
  else if (message.type === "select") select(message.id);
  else if (message.type === "grouped") {
    if (message.grouping === asked.grouping && message.filter === asked.filter)
      showTree(message.tree, message.root);
  } else if (message.tree !== tree) return;
  else if (message.type === "subtree") showSubtree(message.node);
  else if (message.type === "rows") {
    if (message.id === shown?.id) table.show(message.rows, shown.bytes, picture.facts.layers, left);
  } else if (message.id === subject?.id) tell(subject, message.details);
}

function showPicture(message: Picture): void {
  const isNew = message.generation !== picture?.generation;
  // A picture that has grown is looked at from where the last one was.
  const from = isNew || picture?.complete === true ? [] : way.slice(1);
  picture = message;
  header.replaceChildren(
    factsElement(message.facts, message.root, (grouping) => ask({ grouping, filter: "" })),
  );
  if (message.complete) status.replaceChildren();
  const before = stateOf(host.getState());
  const again = isNew && before?.generation !== message.generation ? undefined : before?.question;
  asked = byLayers;
  tree = 0;
  toolbar.show(asked, message.complete);
  goTo([message.root, ...sameWay(message.root, from)]);
  // The page was hidden meanwhile, or the same image was told anew.
  if (message.complete && again !== undefined && !isByLayers(again)) ask(again);
}

function ask(question: Question): void {
  if (picture?.complete !== true) return;
  asked = question;
  host.setState({ generation: picture.generation, question });
  toolbar.show(asked, true);
  if (isByLayers(question)) showTree(0, picture.root);
  else say({ type: "group", generation: picture.generation, ...question });
}

const isByLayers = ({ grouping, filter }: Question): boolean => grouping === "layers" && filter === "";

function showTree(number: number, root: TreeNode): void {
  tree = number;
  toolbar.show(asked, picture?.complete === true);
  goTo([root]);
}

function showSubtree(node: TreeNode): void {
  if (way.at(-1)?.id === node.id) draw([...way.slice(0, -1), node]);
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
  if (isOpenable(node)) goTo([...way, ...pathTo(shown, node)]);
}

/** One that the picture had cut is drawn when it arrives. */
function openRow(row: NodeRow): void {
  if (!isOpenable(row)) return;
  const inside = pathToId(shown, row.id);
  goTo([...way, ...(inside.length > 0 ? inside : [row])]);
}

function chooseNode(node: TreeNode): void {
  map.select(node.id, false);
  table.select(node.id);
  if (node.kind !== "rest") tellSoon(node);
}

function chooseRow(row: NodeRow): void {
  map.select(row.id, false);
  table.select(row.id);
  point(row);
  tellSoon(row);
}

/** The line that made the layer in which it lies, where one is known. */
function reveal(node: TreeNode): void {
  const layer = (way.slice(1).find((it) => it.layer !== undefined) ?? pathTo(shown, node)[0])?.layer?.index;
  if (layer !== undefined && picture?.facts.layers[layer]?.linked === true) revealLayer(layer);
}

function revealLayer(layer: number): void {
  if (picture?.complete === true) say({ type: "revealLayer", generation: picture.generation, layer });
}

function save(): void {
  if (picture?.complete === true) say({ type: "export", generation: picture.generation, tree });
}

function up(): void {
  if (way.length > 1) goTo(way.slice(0, -1), way.at(-1)?.id);
}

/** The way from a line: the layers are shown, whatever was before. */
function select(id: number): void {
  if (picture === undefined) return;
  ask(byLayers);
  if (picture.root.children?.some((it) => it.id === id) !== true) return;
  map.select(id, true);
  table.select(id);
}

function goTo(next: readonly TreeNode[], current?: number): void {
  left = current;
  draw(next, current);
  if (shown === undefined || picture === undefined) return;
  if (!picture.complete) {
    const rows = (shown.children ?? []).map((it) => ({ ...it, layers: it.layer ? [it.layer.index] : [] }));
    table.show({ rows, cut: { count: 0, bytes: 0 } }, shown.bytes, picture.facts.layers);
    tell(shown, undefined);
    return;
  }
  const name = { generation: picture.generation, tree, id: shown.id };
  // The nearer, the more of what is inside can be drawn.
  if (next.length > 1 || shown.children === undefined) say({ type: "expand", ...name });
  say({ type: "rows", ...name });
  tellSoon(shown);
}

function draw(next: readonly TreeNode[], current?: number): void {
  way = next;
  shown = next.at(-1);
  told.textContent = howTo;
  const hadFocus = crumbs.contains(document.activeElement);
  crumbs.replaceChildren(
    ...next.map((node, index) => {
      const isLast = index === next.length - 1;
      const res = button(node.name, () => goTo(next.slice(0, index + 1)));
      res.className = "crumb";
      res.title = describe(node, 0);
      if (isLast) res.setAttribute("aria-current", "page");
      return res;
    }),
    element("span", { class: "note total" }, shown === undefined ? "" : sumLabel(shown)),
  );
  if (hadFocus) crumbs.querySelector<HTMLElement>("[aria-current]")?.focus();
  redraw(current);
}

function sumLabel(node: TreeNode): string {
  const filtered = asked.filter === "" ? "" : ` with "${asked.filter}"`;
  const of = { hidden: " hidden by later layers", symbols: " that stripping would free" };
  const what = asked.grouping === "hidden" || asked.grouping === "symbols" ? of[asked.grouping] : "";
  return `${sizeOf(node.bytes)}${what}${filtered}`;
}

function redraw(current?: number): void {
  if (shown === undefined) return;
  const isBase = way[1]?.layer?.base === true;
  map.draw(shown, (node, index) => (isBase ? undefined : toneWish(node, index)), current);
  map.element.classList.toggle(
    "none",
    (shown.children ?? []).every(({ bytes }) => bytes === 0),
  );
}

/** Layers and groups have a colour each; the base image's layers are grey, and so is what nobody wants to see. */
const toneWish = ({ layer, kind }: TreeNode, index: number): number | undefined =>
  layer?.base === true || kind === "rest" ? undefined : (layer?.index ?? index);

function point(node: Subject & Pick<TreeNode, "kind">): void {
  told.textContent = describe(node, shown?.bytes ?? 0);
}

function tellSoon(node: Subject): void {
  if (picture?.complete !== true) return;
  const name = { generation: picture.generation, tree, id: node.id };
  if (subject !== node) tell(node, undefined);
  clearTimeout(timer);
  timer = setTimeout(() => say({ type: "details", ...name }), restMilliseconds);
}

function tell(node: Subject, found: NodeDetails | undefined): void {
  subject = node;
  details.show(node, way[0]?.bytes ?? 0, found, picture?.facts.layers ?? []);
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
const pathTo = (from: TreeNode | undefined, to: TreeNode): readonly TreeNode[] => pathToId(from, to.id);

function pathToId(from: TreeNode | undefined, id: number): readonly TreeNode[] {
  for (const child of from?.children ?? []) {
    if (child.id === id) return [child];
    const below = pathToId(child, id);
    if (below.length > 0) return [child, ...below];
  }
  return [];
}
