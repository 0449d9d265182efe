import type { Word } from "../dockerfile/facts.ts";
import { baseName, posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { hasOption, optionValue, splitArguments, type Tool } from "./tool.ts";

const curlValued = new Set(
  [
    "-o",
    "--output",
    "--output-dir",
    "-H",
    "--header",
    "-d",
    "--data",
    "-u",
    "--user",
    "-A",
    "-e",
    "-x",
    "--proxy",
    "-X",
  ].concat([
    "--request",
    "--retry",
    "--retry-delay",
    "--connect-timeout",
    "-m",
    "--max-time",
    "-w",
    "--cacert",
    "-E",
    "-F",
    "-T",
    "-b",
    "-c",
  ]),
);

export const curl: Tool = {
  names: ["curl"],
  effects({ words, directory }) {
    const args = splitArguments(words, curlValued);
    const folder = posixJoin(directory, optionValue(args, "--output-dir")?.text) ?? directory;
    const outputs = args.options.filter((it) => it.name === "-o" || it.name === "--output");
    if (outputs.length > 0) return outputs.flatMap(({ value }) => created(folder, value?.text, value));
    if (hasOption(args, "-O", "--remote-name"))
      return args.operands.flatMap((it) => created(folder, fileOf(it), it));
    return [{ kind: "nothing" }];
  },
};

const wgetValued = new Set(
  [
    "-O",
    "--output-document",
    "-P",
    "--directory-prefix",
    "-o",
    "--output-file",
    "-t",
    "--tries",
    "-T",
    "--timeout",
  ].concat(["-U", "--user-agent", "--header", "-e", "--execute"]),
);

export const wget: Tool = {
  names: ["wget"],
  effects({ words, directory }) {
    const args = splitArguments(words, wgetValued);
    const output = optionValue(args, "-O", "--output-document");
    if (output?.text === "-") return [{ kind: "nothing" }];
    if (output !== undefined) return created(directory, output.text, output);
    const folder = posixJoin(directory, optionValue(args, "-P", "--directory-prefix")?.text) ?? directory;
    return args.operands.flatMap((it) => created(folder, fileOf(it), it));
  },
};

export const git: Tool = {
  names: ["git"],
  effects({ words, directory }) {
    const args = splitArguments(
      words,
      new Set(["-C", "-c", "-b", "--branch", "--depth", "-o", "--origin", "-j", "--jobs"]),
    );
    const [action, address, folder] = args.operands;
    if (action?.text !== "clone") return undefined;
    const target = folder ?? address;
    const name =
      folder?.text ??
      address?.text
        ?.replace(/\/$/, "")
        .replace(/\.git$/, "")
        .split(/[/:]/)
        .at(-1);
    return target === undefined ? undefined : created(directory, name, target);
  },
};

/** The last part of an address, without its query. */
const fileOf = (address: Word): string | undefined => {
  const path = address.text?.replace(/^[a-z]+:\/\/[^/]*/, "").replace(/[?#].*$/, "");
  return path === undefined || withoutSlash(path) === "" ? undefined : baseName(path);
};

function created(directory: string | undefined, name: string | undefined, word: Word | undefined): Effect[] {
  const path = posixJoin(directory, name);
  return path === undefined || word === undefined ? [] : [{ kind: "create", paths: [{ path, word }] }];
}
