/** Debian's Chromium, driven by playwright-core. */
import { type Browser, chromium } from "playwright-core";
import { installPackages } from "./debian.ts";

/** Undefined: it is there now; else why not, as a clause for a sentence. */
export const installChromium = (say: (line: string) => void): string | undefined =>
  installPackages(["chromium"], say);

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
