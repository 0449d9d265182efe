/**
 * Which requirements of installed distributions hold: those without an extra, and those of an extra that another
 * distribution's requirement names (PEP 508). Whether the rest of a marker holds is told by what is installed.
 */

/** As PEP 503 compares names. */
export const normalisedName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

interface Required {
  readonly name: string;
  readonly extras: readonly string[];
  /** Any of them enables it; empty: always. */
  readonly when: readonly string[];
  readonly isForeign: boolean;
}

/** Normalised names of what each distribution, by its normalised name, requires. */
export function enabledRequirements(
  found: readonly { readonly name: string; readonly requirements: readonly string[] }[],
): ReadonlyMap<string, readonly string[]> {
  const required = new Map(
    found.map((it) => [normalisedName(it.name), it.requirements.flatMap(requirementOf)]),
  );
  const extras = new Map<string, Set<string>>();
  const waiting: { readonly name: string; readonly extra: string | undefined }[] = [...required.keys()].map(
    (name) => ({ name, extra: undefined }),
  );
  // Each distribution is visited once for itself and once for every extra that somebody enables.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, extra } = next;
    for (const it of required.get(name) ?? []) {
      const holds = extra === undefined ? it.when.length === 0 : it.when.includes(extra);
      if (!holds) continue;
      const known = extras.get(it.name) ?? new Set();
      extras.set(it.name, known);
      for (const wanted of it.extras) {
        if (known.has(wanted)) continue;
        known.add(wanted);
        waiting.push({ name: it.name, extra: wanted });
      }
    }
  }
  return new Map(
    [...required].map(([name, all]) => [
      name,
      all
        .filter(
          ({ when, isForeign }) =>
            !isForeign && (when.length === 0 || when.some((it) => extras.get(name)?.has(it))),
        )
        .map((it) => it.name),
    ]),
  );
}

/** Markers that no Linux image fulfils. */
const foreign =
  /(?:sys_platform|platform_system|os_name)\s*==\s*["'](?:win32|Windows|nt|darwin|Darwin|cygwin)["']/;

function requirementOf(text: string): readonly Required[] {
  const [what = "", marker = ""] = [text.split(";")[0], text.split(";").slice(1).join(";")];
  const match = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?/.exec(what);
  if (match === null) return [];
  const extras = (match[2] ?? "")
    .split(",")
    .flatMap((it) => (it.trim() === "" ? [] : [normalisedName(it.trim())]));
  const when = [...marker.matchAll(/extra\s*==\s*["']([^"']+)["']/g)].map((it) =>
    normalisedName(it[1] ?? ""),
  );
  const isForeign = foreign.test(marker) && !/\bor\b/.test(marker);
  return [{ name: normalisedName(match[1] ?? ""), extras, when, isForeign }];
}
