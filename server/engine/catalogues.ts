import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DebianPackageSizes, isDebianCatalogue } from "../../core/size/debian-package-sizes.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";

const unpack = promisify(gunzip);

/** Reads the catalogue beside the bundles when it is first asked for; undefined when it is not there. */
export function packageSizesIn(home: string): () => Promise<PackageSizes | undefined> {
  let loading: Promise<PackageSizes | undefined> | undefined;
  return () => {
    loading ??= load(join(home, "data", "debian.json.gz"));
    return loading;
  };
}

async function load(file: string): Promise<PackageSizes | undefined> {
  try {
    const content: unknown = JSON.parse((await unpack(await readFile(file))).toString("utf8"));
    return isDebianCatalogue(content) ? new DebianPackageSizes(content) : undefined;
  } catch {
    return undefined;
  }
}
