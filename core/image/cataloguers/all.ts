import type { Cataloguer } from "./cataloguer.ts";
import { cataloguers as registered } from "./index.ts";

const kinds: readonly Cataloguer["kind"][] = ["system", "environment", "language", "program"];

/** In the order in which they claim files (owners.ts). */
export const cataloguers: readonly Cataloguer[] = [...registered].sort(
  (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind),
);

export const wantsText = (path: string): boolean => cataloguers.some((it) => it.wants(path));
