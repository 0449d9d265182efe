// Written by `npm run codegen`. Do not edit.
import { apk } from "./apk.ts";
import type { Cataloguer } from "./cataloguer.ts";
import { conda } from "./conda.ts";
import { dpkg } from "./dpkg.ts";
import { gem } from "./gem.ts";
import { java } from "./java.ts";
import { npm } from "./npm.ts";
import { go, rust } from "./programs.ts";
import { python } from "./python.ts";
import { rpm } from "./rpm.ts";

export const cataloguers: readonly Cataloguer[] = [apk, conda, dpkg, gem, java, npm, go, rust, python, rpm];
