import type { FrameLocator, Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** VS Code's window, as a person works with it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command from the palette. */
  async command(title: string): Promise<void> {
    await this.#ask("F1", `>${title}`);
    await this.page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: title })
      .first()
      .click({ timeout: 30_000 });
  }

  /** Opens a file of the workspace by its path. */
  async open(path: string): Promise<void> {
    await this.#ask("Control+P", path);
    const row = this.page.locator(".quick-input-list .monaco-list-row").first();
    await row.waitFor({ timeout: 30_000 });
    await this.page.keyboard.press("Enter");
  }

  /** Puts the cursor on a line, counted from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.#ask("Control+G", `:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.lineNumber(line).waitFor();
  }

  /**
   * Presses a key until the window takes it: one that comes while something settles is lost. What was asked before is
   * waited for: its box is still visible while it closes.
   */
  async #ask(key: string, words: string): Promise<void> {
    const input = this.page.locator(".quick-input-box input");
    const becomes = (state: "visible" | "hidden"): Promise<boolean> =>
      input.waitFor({ state, timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    if (!(await becomes("hidden"))) await this.page.keyboard.press("Escape");
    await expect
      .poll(
        async () => {
          if (!(await input.isVisible())) await this.page.keyboard.press(key);
          return (
            (await becomes("visible")) && !(await input.evaluate((it) => it.closest("[inert]") !== null))
          );
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    await input.fill(words);
  }

  lineNumber(line: number): Locator {
    return this.page.locator(".margin-view-overlays .line-numbers", { hasText: new RegExp(`^${line}$`) });
  }

  /** Text of the open editor's lines that are on the screen. */
  async visibleText(): Promise<string> {
    const lines = (await this.page.locator(".editor-instance .view-lines").first().textContent()) ?? "";
    return lines.replaceAll("\u00a0", " ");
  }

  /** The page inside the panel. */
  get view(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** The panel may have the focus, so the status bar does not tell. */
  async cursorLine(): Promise<number> {
    const number = this.page.locator(".margin-view-overlays .active-line-number").first();
    return Number(await number.textContent({ timeout: 1_000 }).catch(() => undefined));
  }

  async expectCursorOn(line: number): Promise<void> {
    await expect.poll(() => this.cursorLine(), { timeout: 20_000 }).toBe(line);
  }
}
