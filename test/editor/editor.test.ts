import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSampleImage } from "../../scripts/sample-image.ts";
import { installVsCodeServer, type Served, serveVsCode } from "../../scripts/vscode-server.ts";
import { root, sample } from "../built/support/places.ts";

/** `PLIMSOLL_PICTURES=docs/pictures npm test -- editor` takes the pictures of the README anew. */
const pictures = join(root, process.env["PLIMSOLL_PICTURES"] ?? ".cache/screenshots");
const reason = installChromium() ?? installVsCodeServer((line) => console.log(line));
if (reason !== undefined) console.log(`skipped: ${reason}`);

describe.skipIf(reason !== undefined)("real VS Code on the sample", () => {
  let served: Served;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    writeSampleImage(join(root, ".cache", "sample-image.tar"));
    served = await serveVsCode(root, sample, join(sample, "docker", "api.Dockerfile"));
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
      ],
    });
    page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    await page.goto(served.address);
  });
  afterAll(async () => {
    await browser.close();
    served.process.kill();
  });

  it("shows squiggles and sizes on the lines, in a workspace that is not trusted", async () => {
    const trust = page.getByRole("button", { name: /No, I don't trust/ });
    await Promise.race([
      trust.click({ timeout: 60_000 }).catch(() => {}),
      page.locator(".squiggly-info, .squiggly-warning").first().waitFor({ timeout: 90_000 }),
    ]);
    await page.locator(".squiggly-info").first().waitFor({ timeout: 90_000 });
    await page.screenshot({ path: join(pictures, "editor.png") });
    expect(await page.locator(".squiggly-info, .squiggly-warning").count()).toBeGreaterThan(0);
  });

  it("shows an archive as a treemap whose layers lead to their lines", async () => {
    await page.keyboard.press("F1");
    await page.keyboard.type("Plimsoll: Analyze Image");
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-list").getByText("Open an image archive").click({ timeout: 30_000 });
    const path = page.locator(".quick-input-box input");
    await path.fill(join(root, ".cache", "sample-image.tar"));
    await page.keyboard.press("Enter");
    const view = page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
    const layers = view.getByRole("treeitem", { level: 1 });
    await layers.first().waitFor({ timeout: 60_000 });
    await view.getByRole("cell", { name: "COPY tests ./tests" }).waitFor();
    await page.screenshot({ path: join(pictures, "treemap.png") });
    const row = view.getByRole("row", { name: /COPY tests/ });
    await row.getByRole("button", { name: "Go to Line" }).click();
    await page.locator(".line-numbers", { hasText: /^103$/ }).waitFor({ timeout: 30_000 });
    await page.screenshot({ path: join(pictures, "linked.png") });
  });
});

/** Undefined: it is there; else why not. */
function installChromium(): string | undefined {
  if (existsSync("/usr/bin/chromium")) return undefined;
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    return "the package chromium is missing, and installing it needs root on Debian";
  }
  const options = {
    stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], options);
  return undefined;
}
