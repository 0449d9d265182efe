/** The one door to PEP 440. Invariant: total; what is no version satisfies nothing and sorts first. */
import { compare, explain, satisfies as matches } from "@renovatebot/pep440";

/** Whether an installer may take this version; pre-releases count, a lock may hold them. Empty: any. */
export function satisfies(version: string, specifier: string): boolean {
  if (specifier.trim() === "") return true;
  // `===` compares texts (PEP 440, arbitrary equality).
  const exact = /^===\s*(\S+)$/.exec(specifier.trim())?.[1];
  if (exact !== undefined) return exact === version;
  try {
    return matches(version, specifier, { prereleases: true });
  } catch {
    return false;
  }
}

export const isVersion = (text: string): boolean => explain(text) !== null;

/** Alphas, betas, release candidates and development builds. */
export const isPreRelease = (text: string): boolean => explain(text)?.is_prerelease === true;

/** Negative, zero or positive, as for sort. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [isVersion(a), isVersion(b)];
  if (one && other) return compare(a, b);
  return one === other ? (a < b ? -1 : a > b ? 1 : 0) : one ? 1 : -1;
}

/** Release numbers: "3.12.1rc1" gives [3, 12, 1]. */
export const releaseOf = (version: string): readonly number[] =>
  explain(version)?.release ?? version.split(/[^0-9]+/).flatMap((it) => (it === "" ? [] : [Number(it)]));

/**
 * Poetry's constraints in PEP 440's words: `^1.2`, `~1.2`, `1.*`, `>=1,<2`, `*`. Alternatives (`||`) have no
 * spelling there; the answer is then undefined.
 */
export function fromPoetryConstraint(text: string): string | undefined {
  if (/\|/.test(text)) return undefined;
  const parts = text
    .split(/,|\s+(?=[<>=!~^])/)
    .map((it) => it.trim())
    .filter((it) => it !== "" && it !== "*");
  const res = parts.map(poetryPart);
  return res.every((it) => it !== undefined) ? res.join(",") : undefined;
}

function poetryPart(part: string): string | undefined {
  const match = /^(\^|~=|~|>=|<=|==|!=|===|>|<|=)?\s*v?(\S+)$/.exec(part);
  const [operator = "", version = ""] = [match?.[1], match?.[2]];
  if (match === null) return undefined;
  const numbers = version.split(".").map(Number);
  switch (operator) {
    case "":
    case "=":
      return `==${version}`;
    case "^":
    case "~": {
      if (!isVersion(version)) return undefined;
      const release = releaseOf(version);
      // The caret keeps the leftmost number that is not 0, the tilde the first two.
      const first = release.findIndex((it) => it !== 0);
      const kept = operator === "~" ? Math.min(2, release.length) : first === -1 ? release.length : first + 1;
      const next = release.slice(0, kept).map((it, index) => (index === kept - 1 ? it + 1 : it));
      return `>=${version},<${next.join(".")}`;
    }
    default:
      return numbers.length === 0 ? undefined : `${operator}${version}`;
  }
}
