/**
 * `npm test [-- RING…]`: installs what the rings need and runs them; all rings and the checks when none is named.
 * The last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const results = join(root, ".cache", "test-results");
const rings = ["core", "built", "engine", "editor"] as const;
type Ring = (typeof rings)[number];

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const words = process.argv.slice(2);
const unknown = words.filter((it) => !isRing(it));
if (unknown.length > 0) {
  console.error(`There is no ring called ${unknown.join(", ")}; there are ${rings.join(", ")}.`);
  process.exit(2);
}
const chosen = words.filter(isRing);
const total: Count = { passed: 0, failed: 0, skipped: 0 };
mkdirSync(results, { recursive: true });
if (chosen.length === 0) runChecks();
const wanted = rings.filter((it) => chosen.length === 0 || chosen.includes(it));
if (wanted.some((it) => it !== "core")) {
  title("build");
  if (!run("npm", ["run", "--silent", "build"])) {
    total.failed += 1;
    finish();
  }
}
for (const ring of wanted) runRing(ring);
finish();

function isRing(word: string): word is Ring {
  return rings.some((it) => it === word);
}

/** What `npm run check` asks, each counted as a test. */
function runChecks(): void {
  for (const name of ["typecheck", "lint", "imports", "deadcode", "codegen"]) {
    title(`check: ${name}`);
    const flags = name === "codegen" ? ["--", "--check"] : [];
    if (run("npm", ["run", "--silent", name, ...flags])) total.passed += 1;
    else total.failed += 1;
  }
}

function runRing(ring: Ring): void {
  title(`ring: ${ring}`);
  const file = join(results, `${ring}.json`);
  rmSync(file, { force: true });
  const ended = run(process.execPath, [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--project",
    ring,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ]);
  const count = countOf(file);
  if (count === undefined || (!ended && count.failed === 0)) total.failed += 1;
  if (count === undefined) return;
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

function countOf(file: string): Count | undefined {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return undefined;
  }
}

function run(program: string, flags: readonly string[]): boolean {
  return spawnSync(program, flags, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

function title(text: string): void {
  console.log(`\n== ${text}`);
}

function finish(): never {
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  // On CI everything is there that a test needs: what is skipped would be unnoticed for ever.
  const isBroken = total.failed > 0 || (process.env["CI"] !== undefined && total.skipped > 0);
  process.exit(isBroken ? 1 : 0);
}
