import type { Analysed } from "../engine/image/analyze-here.ts";
import { analyzeImage } from "../engine/image/analyze-image.ts";
import type { AnalysisTarget } from "../engine/image/messages.ts";
import { progressLabel } from "../engine/image/progress-label.ts";
import type { Console } from "./console.ts";

/** Reads an image and shows how far it is. `shown`: as the user called it. Undefined: stopped by Ctrl+C. */
export async function readImage(
  target: AnalysisTarget,
  shown: string,
  console: Console,
): Promise<Analysed | undefined> {
  const result = await analyzeImage(
    console.home,
    target,
    {
      first: () => console.progress(`reading ${shown}`),
      layer: () => {},
      progress: (it) => console.progress(`reading ${shown}: ${progressLabel(it)}`),
    },
    console.signal,
  );
  console.progress("");
  return result;
}
