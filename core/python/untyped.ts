/** Narrowing of parsed TOML and JSON. */

export type Untyped = Readonly<Record<string, unknown>>;

export const isTable = (it: unknown): it is Untyped =>
  typeof it === "object" && it !== null && !Array.isArray(it);

export const tableIn = (it: unknown, key: string): Untyped => {
  const found = isTable(it) ? it[key] : undefined;
  return isTable(found) ? found : {};
};

export const listIn = (it: unknown, key: string): readonly unknown[] => {
  const found = isTable(it) ? it[key] : undefined;
  return Array.isArray(found) ? found : [];
};

export const textIn = (it: unknown, key: string): string | undefined => {
  const found = isTable(it) ? it[key] : undefined;
  return typeof found === "string" ? found : undefined;
};

export const textsIn = (it: unknown, key: string): readonly string[] =>
  listIn(it, key).filter((one) => typeof one === "string");

/** A safe, non-negative integer. */
export const countIn = (it: unknown, key: string): number | undefined => {
  const found = isTable(it) ? it[key] : undefined;
  const count = typeof found === "bigint" ? Number(found) : found;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
};
