import { analyzeUndrawn, type Finished } from "../engine/image/analyze-image.ts";
import type { AnalysisTarget } from "../engine/image/messages.ts";
import { progressLabel } from "../engine/image/progress-label.ts";
import type { Console } from "./console.ts";

/** Reads an image and shows how far it is. `shown`: as the user called it. Undefined: stopped by Ctrl+C. */
export async function readImage(
  target: AnalysisTarget,
  shown: string,
  console: Console,
): Promise<Finished<unknown> | undefined> {
  const result = await analyzeUndrawn(
    console.home,
    target,
    {
      first: () => console.progress(`reading ${shown}`),
      progress: (it) => console.progress(`reading ${shown}: ${progressLabel(it)}`),
    },
    console.signal,
  );
  console.progress("");
  return result;
}
