import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installChromium, launchChromium } from "../../scripts/chromium.ts";
import { writeSampleImage } from "../../scripts/sample-image.ts";
import {
  addressOf,
  installExtension,
  installVsCodeServer,
  type Served,
  serveVsCode,
} from "../../scripts/vscode-server.ts";
import { writePackage } from "../../scripts/vsix.ts";
import { root, sample } from "../built/support/places.ts";
import { Workbench } from "./support/workbench.ts";

/** `PLIMSOLL_PICTURES=docs/pictures npm test -- editor` takes the pictures of the README anew. */
const pictures = join(root, process.env["PLIMSOLL_PICTURES"] ?? ".cache/screenshots");
const say = (line: string): void => console.log(line);
const reason = installChromium(say) ?? installVsCodeServer(say);
if (reason !== undefined) console.log(`skipped: ${reason}`);

const themes = [
  ["light", "Default Light Modern"],
  ["dark", "Default Dark Modern"],
  ["high-contrast", "Default High Contrast"],
  ["high-contrast-light", "Default High Contrast Light"],
] as const;

describe.skipIf(reason !== undefined)("the installed package in VS Code", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-page-"));
  const workspace = join(folder, "truthgraph");
  const data = join(folder, "data");
  let served: Served;
  let browser: Browser;
  let workbench: Workbench;
  const thrown: string[] = [];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    cpSync(sample, workspace, { recursive: true });
    useTheme("Default Light Modern");
    writeSampleImage(join(workspace, "sample-image.tar"));
    const vsix = join(folder, "plimsoll.vsix");
    writePackage(vsix);
    installExtension(vsix, data);
    served = await serveVsCode(data, { DOCKER_HOST: `unix://${join(folder, "no-engine.sock")}` });
    browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    page.on("pageerror", (cause) => {
      if (cause.stack?.includes("treemap.js") === true) thrown.push(String(cause));
    });
    workbench = new Workbench(page);
    const file = join(workspace, "docker", "api.Dockerfile");
    await page.goto(addressOf(served.origin, { workspace, file }));
  });
  afterAll(async () => {
    await browser?.close();
    served?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await picture(`failed: ${task.name}`);
  });

  const picture = (name: string): Promise<unknown> =>
    workbench.page.screenshot({ path: join(pictures, `${name}.png`) });

  it("shows squiggles and sizes on the lines, in a workspace that is not trusted", async () => {
    const { page } = workbench;
    await page.locator(".squiggly-info").first().waitFor({ timeout: 90_000 });
    await workbench.command("View: Hide Secondary Side Bar").catch(() => {});
    await workbench.goTo(28);
    await page.getByText("~116–123 MB").waitFor();
    await page.getByText(/^base: ~/).waitFor();
    await picture("editor");
    expect(await page.locator(".squiggly-info, .squiggly-warning").count()).toBeGreaterThan(0);
  });

  it("says over each stage what it weighs, and lists it at a click", async () => {
    const { page } = workbench;
    await workbench.goTo(69);
    await page.getByText("core-stage: does not ship").waitFor({ timeout: 30_000 });
    await workbench.goTo(1);
    await page
      .getByText(/^To remove: 3\.73 MB measured/)
      .first()
      .waitFor();
    await picture("lenses");
    await page.getByText(/^Image: 5\.06 MB measured/).click();
    const list = page.locator(".quick-input-list");
    await list.getByText("COPY tests ./tests").waitFor();
    await picture("contributors");
    await list.getByText("COPY tests ./tests").click();
    await workbench.expectCursorOn(103);
  });

  it("offers its fixes at the light bulb", async () => {
    const { page } = workbench;
    await workbench.goTo(103, 7);
    await page.locator(".squiggly-warning").first().waitFor();
    const fix = page.locator(".action-widget .action-item, .action-widget .monaco-list-row").first();
    // A key that is pressed while the editor still settles is lost.
    await expect
      .poll(
        async () => {
          if (!(await fix.isVisible())) {
            await workbench.goTo(103, 7);
            await page.keyboard.press("Control+.");
          }
          return fix
            .waitFor({ timeout: 5_000 })
            .then(() => true)
            .catch(() => false);
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    await picture("fixes");
    await page.keyboard.press("Enter");
    await expect.poll(() => workbench.visibleText()).not.toContain("COPY tests ./tests");
    await page.keyboard.press("Control+Z");
    await expect.poll(() => workbench.visibleText()).toContain("COPY tests ./tests");
  });

  it("tells in a hover what weighs, why, and how that is known", async () => {
    const { page } = workbench;
    await workbench.goTo(103, 7);
    await workbench.command("Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible");
    await hover.getByText("Measured: files of the build context").waitFor({ timeout: 20_000 });
    await picture("hover");
    await page.keyboard.press("Escape");
  });

  it("says when no engine answers, and still opens archives", async () => {
    const { page } = workbench;
    await workbench.command("Plimsoll: Analyze Image…");
    const list = page.locator(".quick-input-list");
    await list.getByText(/No Docker engine answers at unix:/).waitFor({ timeout: 30_000 });
    await picture("no-engine");
    // The settings of the machine where the extension runs: in this window those of the remote.
    await list.getByText("Choose Another Engine").click();
    await page.locator(".settings-editor").getByText("Engine: Host").first().waitFor({ timeout: 20_000 });
    await workbench.command("View: Close Editor");
    await workbench.command("Plimsoll: Analyze Image…");
    await list.getByText("Open an Image Archive").click();
    const path = page.locator(".quick-input-box input");
    await page.locator(".quick-input-title", { hasText: "Open an image archive" }).waitFor();
    // The dialog fills in the folder when it has read it.
    await expect.poll(() => path.inputValue()).toMatch(/truthgraph\/$/);
    await path.fill(join(workspace, "sample-image.tar"));
    await page.locator(".quick-input-list", { hasText: "sample-image.tar" }).waitFor();
    await page.keyboard.press("Enter");
    await workbench.view.getByRole("treeitem", { level: 1 }).first().waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
  });

  it("leads from a layer's rectangle to its line", async () => {
    const { view } = workbench;
    const copied = view.getByRole("treeitem", { name: /^COPY tests \.\/tests: / });
    await copied.click({ position: { x: 20, y: 8 } });
    await workbench.expectCursorOn(103);
    // Whatever lies in a layer leads to its line.
    await view.getByRole("treeitem", { name: /^\/usr\/bin: / }).click({ position: { x: 10, y: 8 } });
    await workbench.expectCursorOn(25);
    await view
      .getByRole("row", { name: /COPY scripts/ })
      .getByRole("button", { name: "Go to Line" })
      .click();
    await workbench.expectCursorOn(107);
    await view.locator("html").evaluate((it) => it.scrollTo(0, 0));
    await picture("treemap");
  });

  it("says whose the bytes are: packages, categories, what hides them", async () => {
    const { view } = workbench;
    const side = view.getByRole("complementary");
    await view.getByRole("tab", { name: "Packages" }).click();
    await view.getByRole("row", { name: /torch 2\.9\.0/ }).click();
    await side.getByText("COPY /usr/local /usr/local").waitFor();
    await picture("packages");
    await side.getByRole("button", { name: "Go to the line that made layer 5" }).click();
    await workbench.expectCursorOn(87);
    await view.getByRole("tab", { name: "Categories" }).click();
    await view.getByRole("row", { name: /Build tools/ }).waitFor();
    // The fact in the header leads to the bytes that it is about.
    await view.getByRole("button", { name: "Hidden by later layers: 5.44 MB" }).click();
    await view.getByRole("row", { name: /metadata only.+12 · COPY tests/ }).waitFor();
    await picture("hidden");
    expect(await view.getByRole("tab", { name: "Hidden" }).getAttribute("aria-selected")).toBe("true");
  });

  it("keeps the picture, which still answers, where a new analysis fails", async () => {
    const { page, view } = workbench;
    writeFileSync(join(workspace, "no-image.tar"), "no image");
    await workbench.command("Plimsoll: Analyze Image…");
    await page.locator(".quick-input-list").getByText("Open an Image Archive").click();
    const path = page.locator(".quick-input-box input");
    await page.locator(".quick-input-title", { hasText: "Open an image archive" }).waitFor();
    await expect.poll(() => path.inputValue()).toMatch(/truthgraph\/$/);
    await path.fill(join(workspace, "no-image.tar"));
    await page.locator(".quick-input-list", { hasText: "no-image.tar" }).waitFor();
    await page.keyboard.press("Enter");
    await view.getByRole("status").locator("strong").waitFor({ timeout: 60_000 });
    await view.getByRole("heading", { name: /truthgraph-api:sample/, level: 1 }).waitFor();
    await view.getByRole("tab", { name: "Packages" }).click();
    await view.getByRole("row", { name: /torch 2\.9\.0/ }).waitFor();
  });

  it("shows fewer files where a filter is typed, and keeps the question while it is hidden", async () => {
    const { view, page } = workbench;
    await view.getByRole("tab", { name: "Folders" }).click();
    await view.getByRole("searchbox").fill("usr/bin");
    await view.getByText('with "usr/bin"').waitFor();
    const items = view.getByRole("treeitem");
    await expect.poll(() => items.count()).toBe(3);
    await page.keyboard.press("Control+PageUp");
    await page.keyboard.press("Control+PageDown");
    await view.getByText('with "usr/bin"').waitFor({ timeout: 20_000 });
    await view.getByRole("searchbox").press("Escape");
    await view.getByRole("tab", { name: "Layers" }).click();
    await view.getByRole("treeitem", { name: /^COPY tests \.\/tests: / }).waitFor();
  });

  it("sorts its table", async () => {
    const { view } = workbench;
    const first = view.locator("tbody tr").first();
    await view.getByRole("button", { name: "Size", exact: true }).click();
    await expect.poll(() => first.textContent()).toContain("COPY /usr/local");
    await view.getByRole("button", { name: "Layer", exact: true }).click();
    await view.getByRole("button", { name: "Layer", exact: true }).click();
    await expect.poll(() => first.textContent()).toContain("debian.sh");
    expect(await view.getByRole("columnheader", { name: "Layer" }).getAttribute("aria-sort")).toBe(
      "ascending",
    );
  });

  it("is used with the keyboard alone", async () => {
    const { view, page } = workbench;
    const focused = view.locator(":focus");
    await view.getByRole("treeitem", { level: 1 }).first().focus();
    const first = await focused.getAttribute("aria-label");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => focused.getAttribute("aria-label")).not.toBe(first);
    await page.keyboard.press("Home");
    await expect.poll(() => focused.getAttribute("aria-label")).toBe(first);
    await page.keyboard.press("Enter");
    const path = view.getByRole("navigation").getByRole("button");
    await expect.poll(() => path.count()).toBe(2);
    await page.keyboard.press("Escape");
    await expect.poll(() => path.count()).toBe(1);
    await view.getByRole("treeitem", { name: /^COPY tests \.\/tests: / }).focus();
    await page.keyboard.press("Space");
    await workbench.expectCursorOn(103);
    const tab = (name: string): Promise<string | null> =>
      view.getByRole("tab", { name }).getAttribute("aria-selected");
    await view.getByRole("tab", { name: "Layers" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => tab("Folders")).toBe("true");
    await page.keyboard.press("Home");
    await expect.poll(() => tab("Layers")).toBe("true");
  });

  it("keeps the focus in the table and in the path while they are drawn anew", async () => {
    const { view, page } = workbench;
    const focused = view.locator(":focus");
    const path = view.getByRole("navigation").getByRole("button");
    const rows = view.locator("tbody tr");
    await rows.filter({ hasText: "COPY tests" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => path.count()).toBe(2);
    await expect.poll(() => focused.textContent()).toContain("app");
    await page.keyboard.press("Escape");
    await expect.poll(() => path.count()).toBe(1);
    await expect.poll(() => focused.textContent()).toContain("COPY tests");
    // Of all rows' buttons only that of this row is on the way.
    await page.keyboard.press("Tab");
    await expect.poll(() => focused.getAttribute("aria-label")).toBe("Go to Line of layer 12");
    await page.keyboard.press("Tab");
    await expect.poll(() => view.locator("tbody :focus").count()).toBe(0);
    await rows.filter({ hasText: "COPY tests" }).dblclick({ position: { x: 5, y: 5 } });
    await expect.poll(() => path.count()).toBe(2);
    await path.first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => path.count()).toBe(1);
    await expect.poll(() => focused.getAttribute("aria-current")).toBe("page");
  });

  it("gives titles the room that a large font needs", async () => {
    const { view } = workbench;
    const clipped = (): Promise<number> =>
      view.locator(".cell.holds").evaluateAll(
        (cells) =>
          cells.filter((it) => {
            const title = it.querySelector(".name")?.getBoundingClientRect().bottom ?? 0;
            return title > (it.nextElementSibling?.getBoundingClientRect().top ?? title) + 1;
          }).length,
      );
    const useFont = (size: string): Promise<void> =>
      view.locator("html").evaluate((it, value) => it.style.setProperty("--vscode-font-size", value), size);
    const size = await view.locator("html").evaluate((it) => it.style.getPropertyValue("--vscode-font-size"));
    await useFont("26px");
    await expect
      .poll(() => view.locator(".map").evaluate((it) => getComputedStyle(it).fontSize))
      .toBe("26px");
    await expect.poll(clipped).toBe(0);
    const beyond = await view.locator("html").evaluate((it) => it.scrollWidth - it.clientWidth);
    expect(beyond).toBe(0);
    await picture("large-font");
    await useFont(size);
    await expect.poll(clipped).toBe(0);
  });

  it.each(themes)("takes its colours from the theme: %s", async (name, theme) => {
    const { view } = workbench;
    useTheme(theme);
    const body = view.locator("body");
    const kind = (): Promise<string | null> => body.getAttribute("data-vscode-theme-kind");
    await expect.poll(kind, { timeout: 30_000 }).toBe(`vscode-${name}`);
    const colour = await view
      .getByRole("treeitem", { level: 1 })
      .first()
      .evaluate((it) => getComputedStyle(it).backgroundColor);
    expect(colour).not.toBe("rgba(0, 0, 0, 0)");
    await picture(`theme-${name}`);
  });

  it("does nothing that its policy refuses, and throws nothing", async () => {
    const { view } = workbench;
    const body = view.locator("body");
    const refused = (): Promise<string | null> => body.getAttribute("data-refused");
    await body.evaluate((it) => {
      it.setAttribute("data-refused", "");
      document.addEventListener("securitypolicyviolation", ({ violatedDirective }) =>
        it.setAttribute("data-refused", `${it.getAttribute("data-refused") ?? ""}${violatedDirective} `),
      );
    });
    for (const name of ["Folders", "Packages", "Categories", "Hidden", "Symbols", "Layers"]) {
      await view.getByRole("tab", { name }).click();
      await view.getByRole("grid").waitFor();
    }
    expect(await refused()).toBe("");
    expect(thrown).toEqual([]);
    // That is not because nobody listens.
    await body.evaluate((it) => it.insertAdjacentHTML("beforeend", '<p style="color: red"></p>'));
    await expect.poll(refused).toBe("style-src-attr ");
  });

  function useTheme(theme: string): void {
    mkdirSync(join(workspace, ".vscode"), { recursive: true });
    writeFileSync(
      join(workspace, ".vscode", "settings.json"),
      JSON.stringify({ "workbench.colorTheme": theme, "window.autoDetectColorScheme": false }),
    );
  }
});
