/** `npm run package`: builds and writes plimsoll-<version>.vsix at the top level. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import "./build.ts";
import { writePackage } from "./vsix.ts";

const root = join(import.meta.dirname, "..");
const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const file = join(root, `plimsoll-${version}.vsix`);
writePackage(file);
console.log(`plimsoll-${version}.vsix: ${(statSync(file).size / 1e6).toFixed(2)} MB`);
