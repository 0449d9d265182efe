/** Requirements as PEP 508 spells them. Invariant: total; offsets count from the text's start. */
import { type Marker, readMarker } from "./markers.ts";
import { normalised } from "./names.ts";

export interface RequirementText {
  /** Normalised. */
  readonly name: string;
  readonly nameLength: number;
  /** Normalised, in source order. */
  readonly extras: readonly string[];
  /** PEP 440, without parentheses; empty where any version does. */
  readonly specifier: string;
  readonly url: string | undefined;
  readonly marker: Marker | undefined;
  /** As written; undefined where there is none. */
  readonly markerText: string | undefined;
  /** Offset of the first character of the name. */
  readonly start: number;
}

const pattern =
  /^(\s*)([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:@\s*(\S+)(?:\s+(?=;)|\s*$)|\(([^()]*)\)|((?:[<>=!~]=?=?[^;,<>=!~()]+,?\s*)*))\s*(?:;(.*))?$/s;

/** Undefined: not a requirement. */
export function readRequirement(text: string): RequirementText | undefined {
  // Long texts are no requirements; the pattern must not walk them.
  if (text.length > 10_000) return undefined;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, lead = "", name = "", extras = "", url, bracketed, plain = "", markerSource] = match;
  const markerText = markerSource?.trim();
  const marker = markerText === undefined || markerText === "" ? undefined : readMarker(markerText);
  if (markerText !== undefined && markerText !== "" && marker === undefined) return undefined;
  return {
    name: normalised(name),
    nameLength: name.length,
    extras: extras
      .split(",")
      .map((it) => it.trim())
      .filter((it) => it !== "")
      .map(normalised),
    specifier: (bracketed ?? plain).replace(/\s+/g, "").replace(/,$/, ""),
    url,
    marker,
    markerText: markerText === "" ? undefined : markerText,
    start: lead.length,
  };
}
