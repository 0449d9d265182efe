/** What libraries that drive browsers download. */
import { bytes } from "./bytes.ts";
import { estimated, type Size } from "./size.ts";

/**
 * Firefox and WebKit beside Chromium. Playwright's page on browser binaries lists 187 MB and 180 MB, of an older release
 * on macOS; later ones on Linux are larger.
 */
export const otherBrowsersSize: Size = estimated(
  bytes(340_000_000),
  bytes(640_000_000),
  "Playwright's own listing of Firefox and WebKit (187 MB and 180 MB) for an older release, and room for growth",
);

/** pptr.dev/guides/installation names 282 MB for Chrome on Linux; newer versions add chrome-headless-shell. */
export const puppeteerChromeSize: Size = estimated(
  bytes(280_000_000),
  bytes(620_000_000),
  "Puppeteer's own figure for Chrome on Linux (282 MB), newer versions with a headless shell beside it",
);
