import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { isCatalogueContent, PythonCatalogue } from "../../../core/python/catalogue.ts";

const unpack = promisify(gunzip);

/** Reads the catalogue beside the bundles when it is first asked for; undefined when it is not there. */
export function pythonCatalogueIn(home: string): () => Promise<PythonCatalogue | undefined> {
  let loading: Promise<PythonCatalogue | undefined> | undefined;
  return () => {
    loading ??= load(join(home, "data", "python.json.gz"));
    return loading;
  };
}

async function load(file: string): Promise<PythonCatalogue | undefined> {
  try {
    const content: unknown = JSON.parse((await unpack(await readFile(file))).toString("utf8"));
    return isCatalogueContent(content) ? new PythonCatalogue(content) : undefined;
  } catch {
    return undefined;
  }
}
