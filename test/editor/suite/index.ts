import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** What became of each test, for who runs the suite. */
export interface SuiteResult {
  readonly title: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly why?: string;
}

/** Called by VS Code in the extension host. Writes the results to the file that PLIMSOLL_RESULTS names. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, reporter: "spec", color: false });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  await import("./sample.suite.ts");
  const results: SuiteResult[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const tell = (test: Mocha.Test, state: SuiteResult["state"], why?: string): void => {
      results.push({ title: test.fullTitle(), state, ...(why === undefined ? {} : { why }) });
    };
    runner.on("pass", (test) => tell(test, "passed"));
    runner.on("pending", (test) => tell(test, "skipped"));
    runner.on("fail", (test, cause: Error) => tell(test, "failed", cause.stack ?? cause.message));
  });
  const file = process.env["PLIMSOLL_RESULTS"];
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
