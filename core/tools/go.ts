import type { CacheEffect, Effect } from "./effect.ts";
import { homeOf, languageCache } from "./language-cache.ts";
import { type Invocation, optionValue, pathWords, type splitArguments, type Tool } from "./tool.ts";

/** Go takes one dash for long options too. */
const valued = new Set([
  "-o",
  "-ldflags",
  "-tags",
  "-gcflags",
  "-mod",
  "-buildmode",
  "-asmflags",
  "-p",
  "-C",
]);

export const go: Tool = {
  names: ["go"],
  effects(call) {
    const { words, directory, environment } = call;
    const args = longOptions(words);
    const [action] = args.operands;
    switch (action?.text) {
      case "build":
      case "install": {
        const given = optionValue(args, "-ldflags");
        const flags = `${given?.text ?? ""} ${environment.get("GOFLAGS") ?? ""}`;
        const undecided =
          (given !== undefined && given.text === undefined) ||
          (environment.has("GOFLAGS") && environment.get("GOFLAGS") === undefined);
        const output = optionValue(args, "-o");
        const strips = linkerFlag("s").test(flags);
        // Without optimizations it is built for a debugger.
        const forDebugger = /-N\b/.test(optionValue(args, "-gcflags")?.text ?? "");
        return [
          {
            kind: "compile",
            language: "go",
            keepsSymbols: strips ? false : undecided || forDebugger ? undefined : true,
            keepsDebugData: !strips && !linkerFlag("w").test(flags),
            profileIn: undefined,
            action,
            stripFlag: given === undefined ? '-ldflags="-s -w"' : undefined,
            output: output && pathWords([output], directory)[0],
          },
          { kind: "build" },
          buildCache(call),
        ];
      }
      case "run":
      case "generate":
      case "test":
        return [{ kind: "build" }];
      case "mod":
      case "get":
        return args.operands[1]?.text === "download" || action.text === "get"
          ? [moduleCache(call)]
          : [{ kind: "nothing" }];
      case "clean":
        return args.options.flatMap(({ name }): Effect[] =>
          name === "-modcache"
            ? [{ kind: "uncache", cache: "go-modules" }]
            : name === "-cache"
              ? [{ kind: "uncache", cache: "go-build" }]
              : [],
        );
      case "version":
      case "env":
      case "vet":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

const moduleCache = ({ environment }: Invocation): CacheEffect =>
  languageCache({
    cache: "go-modules",
    label: "Go's module cache",
    directory: environment.get("GOMODCACHE") ?? `${environment.get("GOPATH") ?? "/go"}/pkg/mod`,
    readBy: ["go"],
    avoid: { by: "cleanup", command: "go clean -modcache" },
  });

const buildCache = ({ environment }: Invocation): CacheEffect =>
  languageCache({
    cache: "go-build",
    label: "Go's build cache",
    holds: "builds",
    directory: environment.get("GOCACHE") ?? `${homeOf(environment)}/.cache/go-build`,
    readBy: ["go"],
    avoid: { by: "cleanup", command: "go clean -cache" },
  });

/** Among the flags of the linker, with one dash or two. */
const linkerFlag = (letter: string): RegExp => new RegExp(`(?:^|[\\s'"=])--?${letter}(?:[\\s'"]|$)`);

/** `-ldflags X`, `-ldflags=X`, `--ldflags=X` as options with two dashes would be. */
function longOptions(words: Parameters<typeof splitArguments>[0]) {
  const options: { name: string; value: (typeof words)[number] | undefined; word: (typeof words)[number] }[] =
    [];
  const operands: (typeof words)[number][] = [];
  const rest = words.slice(1);
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index];
    if (word === undefined) break;
    const match = /^--?([a-z][\w-]*)(?:=([\s\S]*))?$/i.exec(word.text ?? "");
    if (match?.[1] === undefined) {
      operands.push(word);
      continue;
    }
    const name = `-${match[1]}`;
    if (match[2] !== undefined) options.push({ name, value: { text: match[2], at: word.at }, word });
    else if (valued.has(name)) options.push({ name, value: rest[++index], word });
    else options.push({ name, value: undefined, word });
  }
  return { options, operands };
}
