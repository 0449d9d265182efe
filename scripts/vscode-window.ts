#!/usr/bin/env -S node --import tsx
/**
 * Takes the arguments that a desktop VS Code takes for extension tests, and runs them in the served one: its real
 * remote extension host, its page in Chromium. So one runner (scripts/suite.ts) serves both.
 * A workspace opens in Restricted Mode here; Trust is clicked when the tests ask for it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { addressOf, serveVsCode } from "./vscode-server.ts";

/** Longer than any suite takes: then the window hangs. */
const limitMilliseconds = 300_000;

const { values, positionals } = parseArgs({ strict: false, allowPositionals: true });
const [workspace = process.cwd()] = positionals;
const data = mkdtempSync(join(tmpdir(), "plimsoll-vscode-"));
const served = await serveVsCode(data);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });

const ended = new Promise<number>((resolve) => {
  setTimeout(() => {
    console.error("The tests did not end in time.");
    resolve(1);
  }, limitMilliseconds).unref();
  void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
});
const log: string[] = [];
await page.exposeFunction("codeAutomationLog", (_: string, words: unknown) => {
  log.push(Array.isArray(words) ? words.join(" ") : String(words));
});
await page.goto(
  addressOf(served.origin, {
    workspace,
    extension: String(values["extensionDevelopmentPath"]),
    tests: String(values["extensionTestsPath"]),
  }),
);
void trustWhenAsked(page).catch(() => {});
const code = await ended;
// The window's own chatter; the suite's results are in its file.
if (code !== 0) console.error(log.slice(-50).join("\n"));
await browser.close();
served.stop();
rmSync(data, { recursive: true, force: true });
process.exit(code);

/** On the page that the tests open. */
function trustWhenAsked(window: Page): Promise<void> {
  return window
    .locator(".workspace-trust-editor")
    .getByText("Trust", { exact: true })
    .click({ timeout: limitMilliseconds });
}
