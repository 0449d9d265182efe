import type { Cut, NodeRow, NodeRows } from "../protocol/tree.ts";
import type { LayerFacts } from "../protocol/view.ts";
import { type Column, columnsOf, type Shown } from "./columns.ts";
import { button, element } from "./dom.ts";
import { sizeOf } from "./labels.ts";

interface Options {
  readonly onChoose: (row: NodeRow) => void;
  readonly onOpen: (row: NodeRow) => void;
  readonly onReveal: (layer: number) => void;
  readonly onUp: () => void;
}

/** What lies in the node that is shown, as a table: the same numbers without the picture. */
export class RowTable {
  readonly element = element("section", {
    class: "rows",
    tabindex: "-1",
    "aria-label": "What is shown, as a table",
  });
  readonly #options: Options;
  readonly #body = element("tbody");
  #shown: Shown | undefined;
  #sorted: { readonly name: string; readonly descending: boolean } | undefined;
  #selected: HTMLElement | undefined;
  #tabStop: HTMLElement | undefined;
  readonly #rows = new Map<number, HTMLElement>();

  constructor(options: Options) {
    this.#options = options;
    this.#body.addEventListener("click", (event) => {
      const row = this.#at(event.target);
      if (row !== undefined) options.onChoose(row);
    });
    this.#body.addEventListener("dblclick", (event) => {
      const row = this.#at(event.target);
      if (row !== undefined) options.onOpen(row);
    });
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** `whole`: the bytes of which shares are told. `current`: the row that takes the focus where the table has it. */
  show(table: NodeRows, whole: number, layers: readonly LayerFacts[], current?: number): void {
    const focused = document.activeElement;
    const hadFocus = this.element.contains(focused);
    const before = this.#at(focused)?.id;
    const columns = this.#shown && columnsOf(this.#shown.table.rows).map(({ name }) => name);
    this.#shown = { table, whole, layers };
    const names = columnsOf(table.rows).map(({ name }) => name);
    if (columns?.join() !== names.join()) this.#sorted = undefined;
    this.#draw();
    this.element.scrollTop = 0;
    const row = this.#rows.get(current ?? before ?? -1);
    if (row !== undefined) this.#takeTabStop(row);
    if (hadFocus) (this.#tabStop ?? this.element).focus();
  }

  /** Marks the row of a node, where there is one. */
  select(id: number): void {
    this.#selected?.setAttribute("aria-selected", "false");
    this.#selected = this.#rows.get(id);
    if (this.#selected === undefined) return;
    this.#selected.setAttribute("aria-selected", "true");
    this.#takeTabStop(this.#selected);
    // Only within the table: the page itself stays where it is.
    const { element: box } = this;
    const [row, own] = [this.#selected.getBoundingClientRect(), box.getBoundingClientRect()];
    if (row.bottom > own.bottom) box.scrollTop += row.bottom - own.bottom;
    else if (row.top < own.top + row.height) box.scrollTop -= own.top + row.height - row.top;
  }

  #draw(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    const columns = columnsOf(shown.table.rows);
    const hasActions = shown.table.rows.some(({ kind }) => kind === "layer");
    this.#rows.clear();
    this.#selected = undefined;
    const rows = this.#inOrder(columns, shown).map((row) => {
      const cells = columns.map((column) => {
        const { kind, cell } = column;
        const content = cell(row, shown);
        const res = element("td", { class: classOf(column) }, content);
        if (typeof content === "string" && kind !== "number") res.title = content;
        if (kind === "bar") res.style.setProperty("--share", String(row.bytes / Math.max(1, shown.whole)));
        return res;
      });
      const actions = hasActions ? [this.#actions(row, shown)] : [];
      const attributes = { "data-id": String(row.id), tabindex: "-1", "aria-selected": "false" };
      const res = element("tr", attributes, ...cells, ...actions);
      this.#rows.set(row.id, res);
      return res;
    });
    this.#body.replaceChildren(...rows);
    this.#tabStop = undefined;
    if (rows[0] !== undefined) this.#takeTabStop(rows[0]);
    const caption = cutLabel(shown.table.cut);
    this.element.replaceChildren(
      element(
        "table",
        { role: "grid", "aria-label": "What is shown" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...columns.map((it) => this.#headOf(it)),
            ...(hasActions ? [element("td", { class: "actions" })] : []),
          ),
        ),
        this.#body,
      ),
      ...(shown.table.rows.length === 0 ? [element("p", { class: "empty" }, "Nothing is here.")] : []),
      ...(caption === "" ? [] : [element("p", { class: "empty" }, caption)]),
    );
  }

  #headOf(column: Column): HTMLElement {
    const { name, kind } = column;
    const isSorted = this.#sorted?.name === name;
    const descending = this.#sorted?.descending === true;
    const sort = button(name, () => {
      const first = kind === "number" || kind === "bar";
      this.#sorted = { name, descending: isSorted ? !descending : first };
      this.#draw();
      for (const it of this.element.querySelectorAll("th button")) {
        if (it instanceof HTMLElement && it.textContent?.startsWith(name) === true) it.focus();
      }
    });
    sort.className = "sort";
    if (isSorted) sort.append(element("span", { "aria-hidden": "true" }, descending ? " ↓" : " ↑"));
    return element(
      "th",
      {
        scope: "col",
        class: classOf(column),
        "aria-sort": isSorted ? (descending ? "descending" : "ascending") : "none",
      },
      sort,
    );
  }

  #actions(row: NodeRow, { layers }: Shown): HTMLElement {
    const res = element("td", { class: "actions" });
    const layer = row.layers[0];
    if (row.kind === "layer" && layer !== undefined && layers[layer]?.linked === true)
      res.append(goToLine(layer, () => this.#options.onReveal(layer)));
    return res;
  }

  #inOrder(columns: readonly Column[], shown: Shown): readonly NodeRow[] {
    const { rows } = shown.table;
    const sorted = this.#sorted;
    const column = columns.find(({ name }) => name === sorted?.name);
    if (sorted === undefined || column === undefined) return rows;
    const sign = sorted.descending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [column.by(a, shown), column.by(b, shown)];
      const order =
        typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en");
      return sign * order || b.bytes - a.bytes;
    });
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#at(event.target);
    const own = row && this.#rows.get(row.id);
    if (row === undefined || own === undefined) return;
    switch (event.key) {
      case "Enter":
        this.#options.onOpen(row);
        break;
      case " ":
        this.#options.onChoose(row);
        break;
      case "Escape":
      case "Backspace":
        this.#options.onUp();
        break;
      case "ArrowDown":
        this.#goTo(own.nextElementSibling);
        break;
      case "ArrowUp":
        this.#goTo(own.previousElementSibling);
        break;
      case "Home":
        this.#goTo(this.#body.firstElementChild);
        break;
      case "End":
        this.#goTo(this.#body.lastElementChild);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  /** As in a list of VS Code: what the focus comes to is chosen. */
  #goTo(target: Element | null): void {
    const row = this.#at(target);
    if (row === undefined || !(target instanceof HTMLElement)) return;
    target.focus();
    this.#options.onChoose(row);
  }

  /** Of all rows only this one and its button are on the way of Tab. */
  #takeTabStop(row: HTMLElement): void {
    for (const [it, index] of [
      [this.#tabStop, "-1"],
      [row, "0"],
    ] as const) {
      it?.setAttribute("tabindex", index);
      it?.querySelector("button")?.setAttribute("tabindex", index);
    }
    this.#tabStop = row;
  }

  #at(target: EventTarget | null): NodeRow | undefined {
    if (!(target instanceof Element) || target.closest("button") !== null) return undefined;
    const id = Number(target.closest("tr")?.getAttribute("data-id"));
    return this.#shown?.table.rows.find((it) => it.id === id);
  }
}

function goToLine(layer: number, onClick: () => void): HTMLButtonElement {
  const res = button("Go to Line", onClick);
  res.tabIndex = -1;
  res.setAttribute("aria-label", `Go to Line of layer ${layer}`);
  return res;
}

export const isOpenable = ({ kind }: Pick<NodeRow, "kind">): boolean => kind !== "file" && kind !== "rest";

const classOf = ({ kind, optional }: Column): string => (optional === true ? `${kind} optional` : kind);

const cutLabel = ({ count, bytes }: Cut): string =>
  count === 0
    ? ""
    : `${count.toLocaleString("en")} smaller ones more, ${sizeOf(bytes)}: filter to find them.`;
