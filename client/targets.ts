import type { AnalyzeParams } from "../protocol/requests.ts";

/** What is analyzed, and how it is called. */
export type Target = AnalyzeParams["target"];

/** Of one name; what is behind the name may have been built anew. */
export const isSame = (a: Target, b: Target): boolean => a.kind === b.kind && nameIn(a) === nameIn(b);

const nameIn = (target: Target): string => (target.kind === "archive" ? target.path : target.reference);

/** Who is waited for first. */
export const firstLabel = ({ kind }: Target): string =>
  kind === "archive"
    ? "Opening the archive"
    : kind === "registry"
      ? "Asking the registry"
      : "Asking the engine";

/** Without the tag: tomorrow's build is of the same file. */
export const memoryKey = (target: Target): string =>
  `dockerfile:${target.kind === "archive" ? target.path : target.reference.replace(/@.*$|:[^/:]*$/, "")}`;

export const nameOf = (target: Target): string =>
  target.kind === "archive" ? target.path.slice(target.path.search(/[^/\\]*$/)) : target.reference;
