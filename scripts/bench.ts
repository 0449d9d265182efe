/**
 * `npm run bench [-- PART…]`: medians of this run, each beside peers or a floor of the same run. Parts: typing, checking,
 * images, opening, pictures, python, activation, sizes, findings; all when none is named. Peers are installed once below .cache/bench.
 */
import "./build.ts";
import { benchActivation } from "./bench/activation.ts";
import { benchChecking } from "./bench/checking.ts";
import { benchFindings } from "./bench/findings.ts";
import { benchImages } from "./bench/images.ts";
import { benchOpening } from "./bench/opening.ts";
import { benchPictures } from "./bench/pictures.ts";
import { benchPython } from "./bench/python.ts";
import { benchSizes } from "./bench/sizes.ts";
import { benchTyping } from "./bench/typing.ts";

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  typing: benchTyping,
  checking: benchChecking,
  images: benchImages,
  opening: benchOpening,
  pictures: benchPictures,
  python: benchPython,
  activation: benchActivation,
  sizes: benchSizes,
  findings: benchFindings,
};

const named = process.argv.slice(2);
const unknown = named.filter((it) => parts[it] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part called ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
for (const [name, run] of Object.entries(parts)) {
  if (named.length === 0 || named.includes(name)) await run();
}
