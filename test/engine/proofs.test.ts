import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, inject, it } from "vitest";
import { makeBases } from "./support/bases.ts";
import { type Proof, prove } from "./support/prove.ts";

/** Rules proved by real builds, one file of proofs/ a rule: before and after the fix, bytes and run compared. */
const host = inject("dockerHost");
const folder = join(import.meta.dirname, "proofs");
const tables = await Promise.all(
  readdirSync(folder).map(
    (file): Promise<{ readonly proofs: readonly Proof[] }> => import(join(folder, file)),
  ),
);

describe.skipIf(host === "")("a fix saves what its finding says", () => {
  beforeAll(() => makeBases(host), 900_000);
  it.each(tables.flatMap(({ proofs }) => proofs))("$rule: $title", (proof) => prove(host, proof));
});
