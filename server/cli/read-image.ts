import { bytes, bytesLabel } from "../../core/size/bytes.ts";
import type { Analysed } from "../engine/image/analyze-here.ts";
import { analyzeImage } from "../engine/image/analyze-image.ts";
import type { AnalysisTarget } from "../engine/image/messages.ts";
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
      progress: (done, total) =>
        console.progress(
          `reading ${shown}: ${bytesLabel(bytes(done))}${total === null ? "" : ` of about ${bytesLabel(bytes(total))}`}`,
        ),
    },
    console.signal,
  );
  console.progress("");
  return result;
}
