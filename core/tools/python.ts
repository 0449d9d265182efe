import type { Effect } from "./effect.ts";
import { nltkEffects, scriptedDownloads, spacyEffects } from "./model-hubs.ts";
import { pipEffects } from "./pip.ts";
import { playwrightEffects } from "./playwright.ts";
import { hasOption, type Invocation, pathWords, splitArguments, type Tool } from "./tool.ts";
import { uv } from "./uv.ts";

/** The interpreter: modules that are tools of their own, and one-line scripts. */
export const python: Tool = {
  names: ["python", "pypy"],
  effects(call) {
    const { words, environment } = call;
    const at = words.findIndex((it, index) => index > 0 && /^-[A-Za-z]*[mc]$/.test(it.text ?? ""));
    const [option, argument] = [words[at], words[at + 1]];
    if (at === -1 || argument === undefined)
      return words[1]?.text === "setup.py" ? setupEffects(call) : undefined;
    if (option?.text?.endsWith("c") === true) {
      const downloads = scriptedDownloads(argument, environment);
      return downloads.length > 0 ? downloads : undefined;
    }
    return moduleEffects({ ...call, words: words.slice(at + 1) });
  },
};

/** `develop` runs from the tree. */
function setupEffects({ words, directory }: Invocation): readonly Effect[] {
  const built: Effect = { kind: "build" };
  const installs = words.some(({ text }) => text === "install");
  return installs ? [built, { kind: "self-install", tree: directory }] : [built];
}

function moduleEffects(call: Invocation): readonly Effect[] | undefined {
  switch (call.words[0]?.text) {
    case "pip":
      return pipEffects(call, "pip");
    case "uv":
      return uv.effects(call);
    case "build":
      return [{ kind: "build" }];
    case "playwright":
      return playwrightEffects(call);
    case "spacy":
      return spacyEffects(call.words);
    case "nltk.downloader":
      return nltkEffects(call);
    case "compileall": {
      const args = splitArguments(
        call.words,
        new Set(["-d", "-s", "-p", "-x", "-i", "-j", "-r", "-o", "-e"]),
      );
      return [
        {
          kind: "compile-bytecode",
          paths: pathWords(args.operands, call.directory),
          force: args.options.find(({ name }) => name === "-f")?.word,
        },
      ];
    }
    case "venv":
    case "virtualenv":
      return environmentEffects(call);
    default:
      return undefined;
  }
}

/** virtualenv as a program of its own. */
export const virtualenv: Tool = { names: ["virtualenv"], effects: environmentEffects };

function environmentEffects({ words, directory }: Invocation): readonly Effect[] {
  const args = splitArguments(words, new Set(["--prompt", "-p", "--python"]));
  const installer = !hasOption(args, "--without-pip", "--no-pip");
  return pathWords(args.operands, directory).flatMap((folder): readonly Effect[] => [
    { kind: "create", paths: [folder] },
    { kind: "environment", folder, installer },
  ]);
}
