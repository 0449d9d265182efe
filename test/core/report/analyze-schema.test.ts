import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cataloguers } from "../../../core/image/cataloguers/all.ts";
import { categoryIds } from "../../../core/image/categories.ts";

interface Listed {
  readonly items: { readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>> };
}

const path = join(import.meta.dirname, "..", "..", "..", "docs", "analyze.schema.json");
const { properties } = JSON.parse(readFileSync(path, "utf8")) as {
  properties: Readonly<Record<string, Listed>>;
};
const listed = (list: string, field: string): readonly string[] =>
  properties[list]?.items.properties[field]?.enum ?? [];

describe("the schema of an analysis", () => {
  it("names every category", () => {
    expect([...listed("categories", "id")].sort()).toEqual([...categoryIds].sort());
  });

  it("names every ecosystem", () => {
    const known = [...cataloguers.map((it) => it.ecosystem), "none"];
    expect([...listed("packages", "ecosystem")].sort()).toEqual([...new Set(known)].sort());
  });
});
