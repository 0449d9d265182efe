// Written by `npm run codegen`. Do not edit.
import { packageCacheKept } from "./package-cache-kept.ts";
import { suppressionUnused } from "./suppression-unused.ts";

export const rules = [packageCacheKept, suppressionUnused] as const;

export type RuleId = (typeof rules)[number]["id"];
