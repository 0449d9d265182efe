import type { Cataloguer } from "./cataloguer.ts";
import { dpkg } from "./dpkg.ts";
import { python } from "./python.ts";

/** In this order a file that two of them claim belongs to the first. */
export const cataloguers: readonly Cataloguer[] = [python, dpkg];

export const wantsText = (path: string): boolean => cataloguers.some((it) => it.wants(path));
