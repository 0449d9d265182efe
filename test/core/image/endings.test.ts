import { describe, expect, it } from "vitest";
import { Endings } from "../../../core/image/endings.ts";

describe("endings of names", () => {
  const endings = new Endings([".list", ".gemspec", "METADATA", "package.json", "age.json"]);
  const fits = (text: string, from = 0): boolean => {
    const bytes = Buffer.from(text);
    return endings.fit(bytes, from, bytes.length);
  };

  it("fit whole names and longer ones, by their last bytes alone", () => {
    expect(
      ["a.list", ".list", "METADATA", "xMETADATA", "package.json", "page.json"].filter((it) => fits(it)),
    ).toHaveLength(6);
    expect(
      ["list", "a.lis", "a.list ", "METADAT", "metadata", "e.json", "", "ü.lüst"].filter((it) => fits(it)),
    ).toEqual([]);
  });

  it("see nothing of what stands before the name", () => {
    expect(fits("package.json", 4)).toBe(true);
    expect(fits("package.json", 5)).toBe(false);
  });
});
