// Written by `npm run codegen`. Do not edit.
import { packageCacheKept } from "./package-cache-kept.ts";
import { suppressionUnused } from "./suppression-unused.ts";
import { testsCopied } from "./tests-copied.ts";

export const rules = [packageCacheKept, suppressionUnused, testsCopied] as const;

export type RuleId = (typeof rules)[number]["id"];
