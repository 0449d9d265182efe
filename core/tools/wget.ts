import { posixJoin } from "../dockerfile/paths.ts";
import { downloaded, fileOf } from "./downloaded.ts";
import type { Effect } from "./effect.ts";
import { installerScript } from "./installer-script.ts";
import { optionValue, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-O", "--output-document", "-P", "--directory-prefix", "-o", "--output-file", "-t", "--tries"],
    ["-T", "--timeout", "-U", "--user-agent", "--header", "-e", "--execute", "-w", "--wait", "-a"],
    ["--read-timeout", "--connect-timeout", "--dns-timeout", "--waitretry", "--user", "--password"],
    ["--post-data", "--post-file", "--ca-certificate", "--ca-directory", "--secure-protocol", "--progress"],
    ["-i", "--input-file", "-Q", "--quota", "--limit-rate", "--max-redirect", "--append-output"],
  ].flat(),
);

export const wget: Tool = {
  names: ["wget"],
  effects({ words, directory }): readonly Effect[] {
    // `-qO- URL`, `-O -`: to the next program.
    const args = splitArguments(words, valued);
    const output = optionValue(args, "-O", "--output-document");
    if (output?.text === "-" || output?.text === "/dev/stdout")
      return [...args.operands.flatMap(installerScript), { kind: "nothing" }];
    if (output !== undefined) return downloaded(directory, output.text, output);
    const folder = posixJoin(directory, optionValue(args, "-P", "--directory-prefix")?.text) ?? directory;
    return args.operands.flatMap((it) => downloaded(folder, fileOf(it), it));
  },
};
