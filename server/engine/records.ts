/** JSON from outside, field by field: what is of another type is absent. */
export type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (it: unknown): it is Fields =>
  typeof it === "object" && it !== null && !Array.isArray(it);

export const fieldsOf = (it: unknown): Fields => (isRecord(it) ? it : {});

export const recordsIn = (it: unknown): readonly Fields[] => (Array.isArray(it) ? it.filter(isRecord) : []);

export const textsIn = (it: unknown): readonly string[] =>
  Array.isArray(it) ? it.filter((one) => typeof one === "string") : [];

export const textOr = <Otherwise>(it: unknown, otherwise: Otherwise): string | Otherwise =>
  typeof it === "string" ? it : otherwise;

/** Undefined: no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
