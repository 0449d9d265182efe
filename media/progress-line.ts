import { button, element } from "./dom.ts";

export interface ProgressState {
  readonly done: number;
  readonly total: number | null;
  readonly label: string;
}

/** How far the reading is. It stays the same elements while it counts: the focus stays on Cancel, and nobody reads it aloud. */
export class ProgressLine {
  readonly element: HTMLElement;
  readonly #bar = element("progress", { "aria-label": "Reading the image" });
  readonly #label = element("span", { "aria-live": "off" });

  constructor(onCancel: () => void) {
    this.element = element("span", {}, this.#label, this.#bar, button("Cancel", onCancel));
  }

  show({ done, total, label }: ProgressState): void {
    this.#label.textContent = label;
    if (total === null || total <= 0 || done > total) this.#bar.removeAttribute("value");
    else {
      this.#bar.max = total;
      this.#bar.value = done;
    }
  }
}
