import { playwrightEffects } from "./playwright.ts";
import type { Invocation, Tool } from "./tool.ts";

/** Programs that run a program of a package: `npx [--yes] playwright@1.50 install`. */
export const packageRunner: Tool = {
  names: ["npx", "bunx", "pnpx"],
  effects: (call) => packagedEffects(call, 1),
};

/** What the packaged program does that starts at a word; undefined: no model knows it. */
export function packagedEffects(call: Invocation, start: number): ReturnType<Tool["effects"]> {
  const rest = call.words.slice(start);
  const first = rest.findIndex(({ text }) => text?.startsWith("-") !== true);
  const words = rest.slice(first);
  if (first === -1 || !/^(?:@playwright\/test|playwright)(?:@.*)?$/.test(words[0]?.text ?? ""))
    return undefined;
  return playwrightEffects({ ...call, words });
}
