/** How long the extension host is busy until the extension is active, by VS Code's own figures. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installChromium, launchChromium } from "../chromium.ts";
import { addressOf, installVsCodeServer, serveVsCode } from "../vscode-server.ts";
import { root } from "./places.ts";
import { median } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;

export async function benchActivation(): Promise<void> {
  const reason = installChromium(console.log) ?? installVsCodeServer(console.log);
  const head = ["", "load and activate"];
  if (reason !== undefined) {
    printTable("Activation", head, [[reason]]);
    return;
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await activation());
  const row: Row = ["VS Code's own figure", `${median(times)} ms`];
  printTable(`Activation on the sample, median of ${rounds}`, head, [row]);
}

/** What "Show Running Extensions" says, in milliseconds. */
async function activation(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-activation-"));
  const workspace = join(folder, "truthgraph");
  cpSync(join(root, "examples", "truthgraph"), workspace, { recursive: true });
  const served = await serveVsCode(join(folder, "data"));
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    const file = join(workspace, "docker", "api.Dockerfile");
    await page.goto(addressOf(served.origin, { workspace, extension: root, file }));
    await page.locator(".squiggly-info").first().waitFor({ timeout: 90_000 });
    await page.keyboard.press("F1");
    await page.locator(".quick-input-box input").fill(">Developer: Show Running Extensions");
    await page.keyboard.press("Enter");
    const row = page.locator(".runtime-extensions-editor .extension", { hasText: "Plimsoll" });
    const text = (await row.locator(".activation-time").textContent({ timeout: 30_000 })) ?? "";
    return Number(/(\d+)\s*ms/.exec(text)?.[1]);
  } finally {
    await browser.close();
    served.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
