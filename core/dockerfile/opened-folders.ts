/** Folders that programs open while they run, beside what was built. */
import type { BuildContext } from "../context/build-context.ts";
import type { Stage } from "./facts.ts";
import { withoutSlash } from "./paths.ts";

const opened = [
  "assets",
  "config",
  "configs",
  "locales",
  "migrations",
  "public",
  "static",
  "templates",
  "views",
];

/** Absolute paths of those in the build context, and of `others`, where the stage copies the context as a whole. */
export function openedIn(
  stage: Stage,
  context: BuildContext | undefined,
  others: readonly string[] = [],
): readonly string[] {
  const whole = stage.instructions.find(
    (it) =>
      it.kind === "copy" &&
      it.from === undefined &&
      it.sources.some(({ text }) => /^\.?\/?$/.test(text ?? "")),
  );
  const place = whole?.kind === "copy" ? whole.destinationPath : undefined;
  if (context === undefined || place === undefined) return [];
  const top = withoutSlash(place);
  return [...opened, ...others].flatMap((name) =>
    context.matches(name).some(({ taken }) => taken.bytes > 0) ? [`${top === "/" ? "" : top}/${name}`] : [],
  );
}
