import { parseArgs } from "node:util";
import { type Severity, severities } from "../../core/rules/rule.ts";
import type { RuleChoices } from "../../core/rules/settings.ts";
import { type Bytes, bytesFrom } from "../../core/size/bytes.ts";

const plainFormats = ["text", "json"] as const;
const checkFormats = [...plainFormats, "sarif", "markdown"] as const;
export type Format = (typeof plainFormats)[number];
export type CheckFormat = (typeof checkFormats)[number];

export type Command =
  | { readonly kind: "help"; readonly topic: Topic | undefined }
  | { readonly kind: "version" }
  | {
      readonly kind: "check";
      readonly paths: readonly string[];
      /** In which sizes are measured: of the engine, or an archive or layout on the disk. */
      readonly image:
        | { readonly kind: "image"; readonly reference: string }
        | { readonly kind: "archive"; readonly path: string }
        | undefined;
      /** Package indexes may be asked: `configured`, or the address of the default one. */
      readonly packageIndex: string | undefined;
      readonly format: CheckFormat;
      readonly failOn: Severity | undefined;
      readonly choices: RuleChoices;
    }
  | {
      readonly kind: "fix";
      readonly paths: readonly string[];
      readonly review: boolean;
      readonly dryRun: boolean;
      readonly choices: RuleChoices;
    }
  | {
      readonly kind: "analyze";
      readonly target: string;
      readonly dockerfile: string | undefined;
      readonly context: string | undefined;
      /** The image is read from a registry; undefined: from the engine or the disk. */
      readonly registry: { readonly plainHttp: boolean } | undefined;
      /** `os/architecture[/variant]`; empty where none was asked for. */
      readonly platform: string;
      readonly format: Format;
    }
  | {
      readonly kind: "weigh";
      readonly path: string;
      readonly extras: readonly string[];
      readonly groups: readonly string[];
      readonly packageIndex: string | undefined;
      readonly format: Format;
    }
  /** One line that says what is wrong with the arguments. */
  | { readonly kind: "refused"; readonly message: string };

export const topics = ["check", "fix", "analyze", "weigh"] as const;
export type Topic = (typeof topics)[number];

const help = { help: { type: "boolean", short: "h" } } as const;

const optionsOf = {
  check: {
    ...help,
    format: { type: "string" },
    "fail-on": { type: "string" },
    "warn-from": { type: "string" },
    "report-from": { type: "string" },
    image: { type: "string" },
    archive: { type: "string" },
    "package-index": { type: "string" },
  },
  fix: {
    ...help,
    review: { type: "boolean" },
    "dry-run": { type: "boolean" },
    "report-from": { type: "string" },
  },
  analyze: {
    ...help,
    format: { type: "string" },
    dockerfile: { type: "string" },
    context: { type: "string" },
    registry: { type: "boolean" },
    platform: { type: "string" },
    "plain-http": { type: "boolean" },
  },
  weigh: {
    ...help,
    extra: { type: "string", multiple: true },
    group: { type: "string", multiple: true },
    "package-index": { type: "string" },
    format: { type: "string" },
  },
} as const;

/** What the words of a command line ask for. */
export function commandOf(words: readonly string[]): Command {
  const [name, ...rest] = words;
  switch (name) {
    case undefined:
      return refused("say what to do: check, fix, analyze or weigh; plimsoll --help tells more");
    case "--help":
    case "-h":
    case "help": {
      const topic = topics.find((it) => it === rest[0]);
      if (topic === undefined && rest[0] !== undefined) return refused(noCommand(rest[0]));
      return { kind: "help", topic };
    }
    case "--version":
    case "-V":
      return { kind: "version" };
    case "check":
      return checkOf(rest);
    case "fix":
      return fixOf(rest);
    case "analyze":
      return analyzeOf(rest);
    case "weigh":
      return weighOf(rest);
    case "compare":
      return refused(`${name} is not there yet`);
    default:
      return refused(
        name.startsWith("-")
          ? `${name} stands where a command should; plimsoll --help lists them`
          : noCommand(name),
      );
  }
}

const noCommand = (name: string): string =>
  `there is no command "${name}"; there are check, fix, analyze and weigh`;

function checkOf(words: readonly string[]): Command {
  const read = reading("check", () =>
    parseArgs({ args: withValues(words), options: optionsOf.check, allowPositionals: true }),
  );
  if (!read.ok) return read.command;
  const { values, positionals } = read.parsed;
  if (values.help === true) return { kind: "help", topic: "check" };
  const { image: reference, archive } = values;
  if (reference !== undefined && archive !== undefined)
    return refused("--image and --archive name one image each; give one of them");
  if (reference === "" || archive === "") return refused("--image and --archive need a name");
  const format = formatOf(values.format, checkFormats);
  if (!format.ok) return format.command;
  const failOn = severities.find((it) => it === values["fail-on"]);
  if (values["fail-on"] !== undefined && failOn === undefined) {
    return refused(`--fail-on takes error, warning, information or hint, not "${values["fail-on"]}"`);
  }
  const packageIndex = indexOf(values["package-index"]);
  if (!packageIndex.ok) return packageIndex.command;
  const sizes = choicesFrom(values);
  if (!sizes.ok) return sizes.command;
  return {
    kind: "check",
    choices: sizes.choices,
    paths: positionals.length === 0 ? ["."] : positionals,
    image:
      reference !== undefined
        ? { kind: "image", reference }
        : archive !== undefined
          ? { kind: "archive", path: archive }
          : undefined,
    packageIndex: packageIndex.address,
    format: format.format,
    failOn,
  };
}

function fixOf(words: readonly string[]): Command {
  const read = reading("fix", () =>
    parseArgs({ args: withValues(words), options: optionsOf.fix, allowPositionals: true }),
  );
  if (!read.ok) return read.command;
  const { values, positionals } = read.parsed;
  if (values.help === true) return { kind: "help", topic: "fix" };
  const sizes = choicesFrom(values);
  if (!sizes.ok) return sizes.command;
  return {
    kind: "fix",
    choices: sizes.choices,
    paths: positionals.length === 0 ? ["."] : positionals,
    review: values.review === true,
    dryRun: values["dry-run"] === true,
  };
}

function analyzeOf(words: readonly string[]): Command {
  const read = reading("analyze", () =>
    parseArgs({ args: withValues(words), options: optionsOf.analyze, allowPositionals: true }),
  );
  if (!read.ok) return read.command;
  const { values, positionals } = read.parsed;
  if (values.help === true) return { kind: "help", topic: "analyze" };
  const [target, ...more] = positionals;
  if (target === undefined || target === "") return refused("analyze needs an image, an archive or a layout");
  if (more.length > 0) return refused(`analyze takes one image, not ${positionals.length}`);
  const format = formatOf(values.format, plainFormats, ["markdown"]);
  if (!format.ok) return format.command;
  if (values.context !== undefined && values.dockerfile === undefined) {
    return refused("--context belongs to --dockerfile; name the Dockerfile too");
  }
  const isRegistry = values.registry === true || target.startsWith("docker://");
  if (!isRegistry && values["plain-http"] === true) return refused("--plain-http belongs to --registry");
  return {
    kind: "analyze",
    target,
    registry: isRegistry ? { plainHttp: values["plain-http"] === true } : undefined,
    platform: values.platform ?? "",
    dockerfile: values.dockerfile,
    context: values.context,
    format: format.format,
  };
}

function weighOf(words: readonly string[]): Command {
  const read = reading("weigh", () =>
    parseArgs({ args: withValues(words), options: optionsOf.weigh, allowPositionals: true }),
  );
  if (!read.ok) return read.command;
  const { values, positionals } = read.parsed;
  if (values.help === true) return { kind: "help", topic: "weigh" };
  const [path = ".", ...more] = positionals;
  if (more.length > 0) return refused(`weigh takes one project, not ${positionals.length}`);
  const format = formatOf(values.format, plainFormats);
  if (!format.ok) return format.command;
  const packageIndex = indexOf(values["package-index"]);
  if (!packageIndex.ok) return packageIndex.command;
  return {
    kind: "weigh",
    path,
    packageIndex: packageIndex.address,
    extras: values.extra ?? [],
    groups: values.group ?? [],
    format: format.format,
  };
}

/** What was given is not repeated: addresses may hold a login. */
function indexOf(
  given: string | undefined,
):
  | { readonly ok: true; readonly address: string | undefined }
  | { readonly ok: false; readonly command: Command } {
  if (given === undefined || given === "configured" || /^https?:\/\/[^/]/i.test(given)) {
    return { ok: true, address: given };
  }
  return { ok: false, command: refused("--package-index takes an http(s) address, or the word configured") };
}

/** Sizes from which on something is a warning, or reported at all. */
function choicesFrom(values: {
  readonly "warn-from"?: string;
  readonly "report-from"?: string;
}): { readonly ok: true; readonly choices: RuleChoices } | { readonly ok: false; readonly command: Command } {
  const choices: { warnFrom?: Bytes; reportFrom?: Bytes } = {};
  for (const [option, name] of [
    ["warn-from", "warnFrom"],
    ["report-from", "reportFrom"],
  ] as const) {
    const given = values[option];
    if (given === undefined) continue;
    const size = bytesFrom(given);
    if (size === undefined) {
      const message = `--${option} takes a size in B, kB, MB, GB or TB, such as 500kB or 10MB, not "${given}"`;
      return { ok: false, command: refused(message) };
    }
    choices[name] = size;
  }
  return { ok: true, choices };
}

type Read<Parsed> =
  | { readonly ok: true; readonly parsed: Parsed }
  | { readonly ok: false; readonly command: Command };

/** A negative number after an option is its value, which the option then refuses; parseArgs would ask about the dash. */
function withValues(words: readonly string[]): string[] {
  const res: string[] = [];
  for (const word of words) {
    const before = res.at(-1);
    if (/^-\.?\d/.test(word) && before?.startsWith("--") === true && !before.includes("=")) {
      res.splice(-1, 1, `${before}=${word}`);
    } else res.push(word);
  }
  return res;
}

/** parseArgs throws for what a user typed; its first sentence says what is wrong. */
function reading<Parsed>(topic: Topic, parse: () => Parsed): Read<Parsed> {
  try {
    return { ok: true, parsed: parse() };
  } catch (cause) {
    const without = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:missing|is ambiguous)/.exec(
      cause instanceof Error ? cause.message : "",
    )?.[1];
    if (without !== undefined) {
      const message = `${without} needs a value; plimsoll ${topic} --help lists the options`;
      return { ok: false, command: refused(message) };
    }
    const message = cause instanceof Error ? cause.message : String(cause);
    const [first = message] = message.split(/\.\s|\n/);
    const words = first.replace(/\.$/, "").replace(/^./, (it) => it.toLowerCase());
    return { ok: false, command: refused(`${words}; plimsoll ${topic} --help lists the options`) };
  }
}

function formatOf<Name extends string>(
  given: string | undefined,
  there: readonly [Name, ...Name[]],
  later: readonly string[] = [],
): { readonly ok: true; readonly format: Name } | { readonly ok: false; readonly command: Command } {
  const format = given === undefined ? there[0] : there.find((it) => it === given);
  if (format !== undefined) return { ok: true, format };
  const isLater = given !== undefined && later.includes(given);
  const names = there.join(", ").replace(/, (?=[^,]*$)/, isLater ? " and " : " or ");
  return {
    ok: false,
    command: refused(
      isLater
        ? `--format ${given} is not there yet; there are ${names}`
        : `--format takes ${names}, not "${given}"`,
    ),
  };
}

const refused = (message: string): Command => ({ kind: "refused", message });
