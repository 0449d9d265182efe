/** chmod, chown and chgrp: they change no content, yet a layer stores each file they touch. */
import type { Word } from "../dockerfile/facts.ts";
import type { Touch } from "./file-effects.ts";
import { hasOption, type Invocation, optionValue, pathWords, splitArguments, type Tool } from "./tool.ts";

export const chmod: Tool = {
  names: ["chmod"],
  effects: (call) => [touched(call, "mode")],
};

export const chown: Tool = {
  names: ["chown"],
  effects: (call) => [touched(call, "owner")],
};

export const chgrp: Tool = {
  names: ["chgrp"],
  effects: (call) => [touched(call, "group")],
};

const owners = new Set(["--from"]);

function touched({ words, directory }: Invocation, changes: Touch["changes"]): Touch {
  // `-w`, `-rwx`: for chmod a mode that takes bits away, not options.
  const asMode = (it: Word): boolean => changes === "mode" && /^-[rwxXst]+$/.test(it.text ?? "");
  const negative = words.find(asMode);
  const args = splitArguments(
    words.filter((it) => it !== negative),
    owners,
  );
  const hasReference = hasOption(args, "--reference");
  const operands = hasReference || negative !== undefined ? args.operands : args.operands.slice(1);
  const from = optionValue(args, "--from")?.text;
  return {
    kind: "touch",
    paths: pathWords(operands, directory),
    recursive: hasOption(args, "-R", "--recursive"),
    changes,
    value: hasReference ? undefined : (negative ?? args.operands[0])?.text,
    ...(from === undefined ? {} : { from }),
  };
}
