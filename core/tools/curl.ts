import { posixJoin } from "../dockerfile/paths.ts";
import { downloaded, fileOf } from "./downloaded.ts";
import type { Effect } from "./effect.ts";
import { installerScript } from "./installer-script.ts";
import { hasOption, optionValue, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-o", "--output", "--output-dir", "-H", "--header", "-d", "--data", "--data-raw", "--data-binary"],
    ["-u", "--user", "-A", "--user-agent", "-e", "--referer", "-x", "--proxy", "-X", "--request", "-Y"],
    ["--retry", "--retry-delay", "--retry-max-time", "--connect-timeout", "-m", "--max-time", "-y"],
    ["-w", "--write-out", "--cacert", "--capath", "-E", "--cert", "--key", "-F", "--form", "-T", "-K"],
    ["--upload-file", "-b", "--cookie", "-c", "--cookie-jar", "--limit-rate", "-r", "--range", "--resolve"],
    ["--ciphers", "--tls-max", "--url", "-D", "--dump-header", "--max-filesize", "--proto-default", "-C"],
    [
      "--proto",
      "--proto-redir",
      "--netrc-file",
      "--max-redirs",
      "--speed-limit",
      "--speed-time",
      "--noproxy",
    ],
  ].flat(),
);

export const curl: Tool = {
  names: ["curl"],
  effects({ words, directory }): readonly Effect[] {
    const args = splitArguments(words, valued);
    const folder = posixJoin(directory, optionValue(args, "--output-dir")?.text) ?? directory;
    const outputs = args.options.filter((it) => it.name === "-o" || it.name === "--output");
    if (outputs.length > 0) return outputs.flatMap(({ value }) => downloaded(folder, value?.text, value));
    if (hasOption(args, "-O", "--remote-name", "--remote-name-all"))
      return args.operands.flatMap((it) => downloaded(folder, fileOf(it), it));
    return [...args.operands.flatMap(installerScript), { kind: "nothing" }];
  },
};
