// Written by `npm run codegen`. Do not edit.

export const rules = [] as const;

export type RuleId = (typeof rules)[number]["id"];
