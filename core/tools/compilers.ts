import type { Word } from "../dockerfile/facts.ts";
import type { Compile } from "./compile.ts";
import type { Effect, PathWord } from "./effect.ts";
import { hasOption, type Invocation, optionValue, pathWords, splitArguments, type Tool } from "./tool.ts";

function built(
  language: Compile["language"],
  action: Word | undefined,
  output: PathWord | undefined,
): readonly Effect[] {
  return action === undefined
    ? [{ kind: "build" }]
    : [
        {
          kind: "compile",
          language,
          // Whether they are there, files that are not read decide.
          keepsSymbols: undefined,
          keepsDebugData: false,
          profileIn: undefined,
          action,
          stripFlag: undefined,
          output,
        },
        { kind: "build" },
      ];
}

const outputOf = ({ directory }: Invocation, word: Word | undefined): PathWord | undefined =>
  word === undefined ? undefined : pathWords([word], directory)[0];

export const cCompilers: Tool = {
  names: ["gcc", "g++", "cc", "c++", "clang", "clang++"],
  effects(call) {
    const args = splitArguments(call.words, new Set(["-o", "-I", "-L", "-l", "-D", "-x"]));
    if (hasOption(args, "--version", "-v")) return [{ kind: "nothing" }];
    const output = optionValue(args, "-o");
    return built("c", call.words[0], outputOf(call, output));
  },
};

const valuedByJava = new Set([
  ...["-f", "--file", "-s", "--settings", "-pl", "--projects", "-P", "--activate-profiles", "-D", "-T"],
  ...["-p", "--project-dir", "-x", "--exclude-task", "-b", "--build-file", "-g", "--gradle-user-home"],
]);
const packages =
  /^(?::?[\w-]+:)*:?(?:package|install|verify|deploy|assemble|build|bootJar|shadowJar|jar|war|bootWar|installDist|fatJar)$/;

/** Maven and Gradle, by themselves and by their wrappers. */
export const javaBuilds: Tool = {
  names: ["mvn", "mvnw", "gradle", "gradlew"],
  effects(call) {
    const args = splitArguments(call.words, valuedByJava);
    if (call.words.some(({ text }) => text === "--version" || text === "-version"))
      return [{ kind: "nothing" }];
    // Words of options that the model does not know count as goals; they name none that packages.
    const goal = args.operands.find(({ text }) => packages.test(text ?? ""));
    return built("java", goal, undefined);
  },
};

export const dotnet: Tool = {
  names: ["dotnet"],
  effects(call) {
    const valued = ["-o", "--output", "-c", "--configuration", "-r", "--runtime", "-f", "--framework"];
    const args = splitArguments(call.words, new Set([...valued, "-v", "--verbosity"]));
    const [action] = args.operands;
    switch (action?.text) {
      case "publish":
        return built("dotnet", action, outputOf(call, optionValue(args, "-o", "--output")));
      case "build":
      case "restore":
      case "test":
      case "pack":
      case "tool":
      case "workload":
        return [{ kind: "build" }];
      case undefined:
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};
