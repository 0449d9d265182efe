import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { installChromium } from "../../scripts/chromium.ts";
import { runSuite } from "../../scripts/suite.ts";
import { installVsCodeServer } from "../../scripts/vscode-server.ts";
import { root } from "../built/support/places.ts";
import type { SuiteResult } from "./suite/index.ts";

const say = (line: string): void => console.log(line);
const reason = installChromium(say) ?? installVsCodeServer(say);
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** Run before the tests are named: each of the suite's is one of this ring's. */
const results =
  reason === undefined
    ? ((await runSuite(join(root, "scripts", "vscode-window.ts"))) as readonly SuiteResult[])
    : undefined;

describe.skipIf(results === undefined)("in real VS Code's extension host", () => {
  it("the suite has tests", () => expect(results?.length).toBeGreaterThan(0));
  for (const { title, state, why } of results ?? []) {
    it(title, (context) => {
      if (state === "skipped") context.skip();
      if (state === "failed") expect.fail(why ?? "failed");
    });
  }
});
