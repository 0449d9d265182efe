import { Endings } from "../endings.ts";
import type { Cataloguer } from "./cataloguer.ts";
import { cataloguers as registered } from "./index.ts";

const kinds: readonly Cataloguer["kind"][] = ["system", "environment", "language", "program"];

/** In the order in which they claim files (owners.ts). */
export const cataloguers: readonly Cataloguer[] = [...registered].sort(
  (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind),
);

/** What no cataloguer wants has neither such a name nor such a folder. */
export const wantedEndings = new Endings(cataloguers.flatMap((it) => it.endings));

/** `folder`: with a slash at its end. */
export const wantsIn = (folder: string): boolean =>
  cataloguers.some((it) => it.folders?.test(folder) === true);

export const wantsText = (path: string): boolean => cataloguers.some((it) => it.wants(path));
