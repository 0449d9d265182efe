import type { Grouping, Question } from "../protocol/view.ts";
import { button, element } from "./dom.ts";

const tabs: readonly (readonly [Grouping, string, string])[] = [
  ["layers", "Layers", "Which layer brought the bytes"],
  ["folders", "Folders", "The files as a container sees them"],
  ["packages", "Packages", "Which package the bytes belong to, and who brought it"],
  ["categories", "Categories", "What kind of thing the bytes are"],
  ["hidden", "Hidden", "Bytes that later layers hide: who brought them, who hid them"],
  ["symbols", "Symbols", "What stripping programs and libraries would free"],
];

/** A search begins when nobody has typed for so long. */
const typingMilliseconds = 250;

interface Options {
  readonly onAsk: (question: Question) => void;
  readonly onExport: () => void;
}

/** The question that the picture answers: a tab for the grouping, a box for the filter. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #options: Options;
  readonly #tabs = new Map<Grouping, HTMLButtonElement>();
  readonly #filter: HTMLInputElement;
  readonly #export: HTMLButtonElement;
  #grouping: Grouping = "layers";
  #timer: number | undefined;

  constructor(options: Options) {
    this.#options = options;
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Group the files by" });
    for (const [grouping, name, title] of tabs) {
      const tab = button(name, () => this.#ask(grouping));
      for (const [key, value] of [
        ["id", `tab-${grouping}`],
        ["class", "tab"],
        ["role", "tab"],
        ["title", title],
        ["aria-controls", "picture"],
      ] as const)
        tab.setAttribute(key, value);
      this.#tabs.set(grouping, tab);
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#filter = element("input", {
      type: "search",
      placeholder: "Filter by path or package",
      "aria-label": "Filter files by words of their path or their package's name",
      spellcheck: "false",
    });
    this.#filter.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(this.#grouping), typingMilliseconds);
    });
    this.#filter.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#filter.value === "") return;
      this.#filter.value = "";
      this.#ask(this.#grouping);
      event.preventDefault();
    });
    this.#export = button("Export…", options.onExport);
    this.#export.title = "Save the files that are shown as CSV";
    this.element = element("div", { class: "toolbar" }, list, this.#filter, this.#export);
    this.show({ grouping: "layers", filter: "" }, false);
  }

  /** `enabled`: false while only the layers' sizes are known. */
  show({ grouping, filter }: Question, enabled: boolean): void {
    this.#grouping = grouping;
    document.getElementById("picture")?.setAttribute("aria-labelledby", `tab-${grouping}`);
    for (const [own, tab] of this.#tabs) {
      const isShown = own === grouping;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      tab.disabled = !enabled && !isShown;
    }
    if (document.activeElement !== this.#filter) this.#filter.value = filter;
    this.#filter.disabled = !enabled;
    this.#export.disabled = !enabled;
  }

  #ask(grouping: Grouping): void {
    clearTimeout(this.#timer);
    this.#options.onAsk({ grouping, filter: this.#filter.value.trim() });
  }

  #onKey(event: KeyboardEvent): void {
    const all = [...this.#tabs.keys()];
    const at = all.indexOf(this.#grouping);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const grouping = all[(next + all.length) % all.length];
    const tab = grouping && this.#tabs.get(grouping);
    if (grouping === undefined || tab === undefined || tab.disabled) return;
    tab.focus();
    this.#ask(grouping);
  }
}
