import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { writeSampleImage } from "../../scripts/sample-image.ts";
import { plimsoll } from "./support/command-line.ts";
import { folderWith, root, sampleCopy } from "./support/places.ts";

interface Described {
  readonly type?: unknown;
  readonly $ref?: string;
  readonly description?: string;
  readonly allOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly additionalProperties?: boolean;
}

const schema = async (): Promise<object> =>
  JSON.parse(await readFile(join(root, "docs", "analyze.schema.json"), "utf8")) as object;

describe("analyze", () => {
  it("prints an archive's JSON as the schema has it, no more and no less", async () => {
    const folder = await sampleCopy();
    const archive = join(await folderWith(), "api.tar");
    writeSampleImage(archive);
    const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
    const validate = ajv.compile(await schema());
    for (const words of [[], ["--dockerfile", "docker/api.Dockerfile", "--context", "."]]) {
      const { code, out, err } = await plimsoll(folder, ["analyze", archive, "--format", "json", ...words]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(validate(JSON.parse(out)) ? [] : validate.errors).toEqual([]);
    }
  });

  it("has a schema that takes nothing unknown and describes every list and number", async () => {
    const missing: string[] = [];
    const look = (it: Described, path: string): void => {
      if (it.properties !== undefined && it.additionalProperties !== false) missing.push(`${path} is open`);
      const isNumber = [it.type].flat().some((type) => type === "integer" || type === "number");
      if ((isNumber || it.items !== undefined) && it.description === undefined) missing.push(path);
      for (const [name, one] of Object.entries(it.properties ?? {})) look(one, `${path}/${name}`);
      if (it.items !== undefined) look(it.items, `${path}[]`);
    };
    look((await schema()) as Described, "");
    expect(missing.filter((it) => !it.endsWith("/line"))).toEqual([]);
  });
});
