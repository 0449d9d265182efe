/**
 * Which indexes a project's packages come from: what the project, the environment and the user's tools say. None is
 * built in.
 */
import type { Lock } from "../lock.ts";
import { normalised } from "../names.ts";
import type { PythonProject } from "../project.ts";
import { tomlValues } from "../toml/parse.ts";
import { isTable, listIn, tableIn, textIn, textsIn } from "../untyped.ts";
import { iniValues } from "./ini.ts";

export interface IndexAddress {
  /** As written, credentials and all: never shown, see `shownAddress`. */
  readonly url: string;
  readonly name: string | undefined;
  readonly kind: "default" | "extra";
  readonly explicit: boolean;
}

export interface IndexConfiguration {
  /** `plimsoll.packageIndex.url`, or the command line's word; empty: not said. */
  readonly setting: string;
  readonly projects: readonly Pick<PythonProject, "indexes">[];
  /** Texts of uv.toml, nearest first. */
  readonly uv: readonly string[];
  /** Texts of pip.conf, nearest first. */
  readonly pip: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly lock: Lock | undefined;
}

/** Extra indexes first, as uv searches them and as they are meant, then one default. */
export function indexAddresses(from: IndexConfiguration): readonly IndexAddress[] {
  const { variables } = from;
  const said = [
    ...(from.setting === "" ? [] : [indexOf("default", from.setting)]),
    ...ofVariables(variables),
    ...from.projects.flatMap((it) => it.indexes.flatMap(ofProject)),
    ...from.uv.flatMap(ofUv),
    ...from.pip.flatMap(ofPip),
    ...ofLock(from.lock),
  ]
    .map((it) => ({ ...it, url: withVariables(it.url.trim(), variables).replace(/\/+$/, "") }))
    .filter((it) => /^https?:\/\/[^/]/i.test(it.url));
  const extras = said.filter((it) => it.kind === "extra" || it.explicit);
  const usual = said.find((it) => it.kind === "default" && !it.explicit);
  const seen = new Set<string>();
  return [...extras, ...(usual === undefined ? [] : [usual])].filter((it) => {
    if (seen.has(it.url)) return false;
    seen.add(it.url);
    return true;
  });
}

/** The indexes that are asked for one package, in order. */
export function indexesFor(
  name: string,
  indexes: readonly IndexAddress[],
  { origins }: Pick<PythonProject, "origins">,
): readonly IndexAddress[] {
  const named = origins.find((it) => it.name === name && it.kind === "index" && it.index !== undefined);
  const own = indexes.filter((it) => it.name !== undefined && it.name === named?.index);
  return own.length > 0 ? own : indexes.filter((it) => !it.explicit);
}

/** Host and path, without what may be a secret. */
export const shownAddress = (url: string): string =>
  url
    .replace(/^https?:\/\//i, "")
    .replace(/^[^/@]*@/, "")
    .replace(/[?#].*$/, "");

const indexOf = (kind: IndexAddress["kind"], url: string, name?: string): IndexAddress => ({
  url,
  name,
  kind,
  explicit: false,
});

const ofProject = ({
  url,
  name,
  kind,
  explicit,
}: PythonProject["indexes"][number]): readonly IndexAddress[] =>
  kind === "links" ? [] : [{ url, name, kind, explicit }];

/** `UV_INDEX` and `PIP_EXTRA_INDEX_URL` hold several, apart by white space; uv's may have names (`name=url`). */
function ofVariables(variables: IndexConfiguration["variables"]): readonly IndexAddress[] {
  const words = (key: string): readonly string[] =>
    (variables[key] ?? "").split(/\s+/).filter((it) => it !== "");
  const named = (word: string, kind: IndexAddress["kind"]): IndexAddress => {
    const match = /^([\w.-]+)=(https?:.*)$/i.exec(word);
    return indexOf(kind, match?.[2] ?? word, match?.[1]);
  };
  return [
    ...["UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"]
      .flatMap(words)
      .map((it) => named(it, "extra")),
    ...["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"].flatMap(words).map((it) => named(it, "default")),
  ];
}

function ofUv(text: string): readonly IndexAddress[] {
  const read = tomlValues(text);
  if (!read.ok) return [];
  const { value } = read;
  const plain = (from: unknown): readonly IndexAddress[] => [
    ...textsIn(from, "extra-index-url").map((it) => indexOf("extra", it)),
    ...[textIn(from, "index-url")].flatMap((it) => (it === undefined ? [] : [indexOf("default", it)])),
  ];
  const listed = listIn(value, "index").flatMap((it): readonly IndexAddress[] => {
    const url = textIn(it, "url");
    if (url === undefined || !isTable(it)) return [];
    const kind = it["default"] === true ? "default" : "extra";
    return [{ url, name: textIn(it, "name"), kind, explicit: it["explicit"] === true }];
  });
  return [...listed, ...plain(value), ...plain(tableIn(value, "pip"))];
}

function ofPip(text: string): readonly IndexAddress[] {
  const values = iniValues(text);
  const words = (key: string): readonly string[] =>
    ["install", "global"].flatMap((section) =>
      (values.get(`${section}.${key}`) ?? "").split(/\s+/).filter((it) => it !== ""),
    );
  return [
    ...words("extra-index-url").map((it) => indexOf("extra", it)),
    ...words("index-url").map((it) => indexOf("default", it)),
  ];
}

/** Where most of what a lock pins is from. */
function ofLock(lock: Lock | undefined): readonly IndexAddress[] {
  const counts = new Map<string, number>();
  for (const { source, address } of lock?.packages ?? []) {
    if (source === "registry" && address !== undefined) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? [] : [indexOf("default", most[0])];
}

/** pip and PDM take `${NAME}` from the environment; what is not there stays, and is then no address. */
const withVariables = (url: string, variables: IndexConfiguration["variables"]): string =>
  url.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (whole, name: string) => variables[name] ?? whole);

/** Names of the variables that hold a named index's login: uv's and Poetry's. */
export function loginVariables(name: string): readonly (readonly [user: string, password: string])[] {
  const key = normalised(name).toUpperCase().replaceAll("-", "_");
  return [
    [`UV_INDEX_${key}_USERNAME`, `UV_INDEX_${key}_PASSWORD`],
    [`POETRY_HTTP_BASIC_${key}_USERNAME`, `POETRY_HTTP_BASIC_${key}_PASSWORD`],
  ];
}
