/** What makes installers of Python take packages of development along: a tool by its name, an extra, a file, a group. */
import { removeWords, replaceWord } from "../../dockerfile/edits.ts";
import type { Command, Facts, Word } from "../../dockerfile/facts.ts";
import { baseName } from "../../dockerfile/paths.ts";
import { type Edit, insertAt } from "../../text/edit.ts";
import { isDevelopmentFile, isDevelopmentTool } from "../../tools/development-packages.ts";
import { isDevelopmentGroup } from "../../tools/poetry.ts";
import type { ProjectWord, PythonInstall } from "../../tools/python-install.ts";
import type { DevelopmentCause } from "./development-cause.ts";

export function pythonCause(install: PythonInstall): DevelopmentCause | undefined {
  // Poetry's place depends on its configuration, which commands and files can set.
  const folders = install.tool === "poetry" ? [install.into, "/usr/local/lib"] : [install.into];
  return (
    namedTools(install, folders) ??
    developmentExtra(install, folders) ??
    developmentFile(install, folders) ??
    developmentGroup(install, folders)
  );
}

function namedTools(install: PythonInstall, folders: readonly string[]): DevelopmentCause | undefined {
  const tools = install.requirements.filter(({ name }) => name !== undefined && isDevelopmentTool(name));
  const [first] = tools;
  if (first === undefined) return undefined;
  const names = tools.map(({ name }) => name).join(", ");
  const all =
    install.requirements.length === tools.length && install.projects.length + install.files.length === 0;
  return {
    what: `${names} ${tools.length === 1 ? "is" : "are"} installed, which only development needs`,
    nameFirst: true,
    at: first.word,
    folders,
    fixTitle: `Do not install ${names}`,
    fix: all
      ? undefined
      : (facts, command) =>
          removeWords(
            facts,
            command.words,
            tools.map(({ word }) => word),
          ),
  };
}

function developmentExtra(install: PythonInstall, folders: readonly string[]): DevelopmentCause | undefined {
  for (const project of install.projects) {
    const names = project.extras.filter(isDevelopmentGroup);
    if (names.length === 0) continue;
    return {
      what: `the extra ${names.join(", ")} is installed, which by its name only development needs`,
      at: project.word,
      folders,
      fixTitle: `Install without the extra ${names.join(", ")}`,
      fix: (facts) => withoutExtras(facts, project, names),
    };
  }
  return undefined;
}

/** Undefined where the word does not stand in the text as it is meant, an expanded variable for one. */
function withoutExtras(facts: Facts, { word, extras }: ProjectWord, gone: readonly string[]) {
  const raw = facts.text.slice(word.at.start, word.at.end);
  const list = /\[([^\]]*)\]/.exec(raw);
  if (list === null || word.text === undefined || !raw.includes(word.text)) return undefined;
  const kept = extras.filter((it) => !gone.includes(it));
  return replaceWord(word, raw.replace(list[0], kept.length === 0 ? "" : `[${kept.join(",")}]`));
}

function developmentFile(install: PythonInstall, folders: readonly string[]): DevelopmentCause | undefined {
  const file = install.files.find(({ path }) => isDevelopmentFile(path));
  if (file === undefined) return undefined;
  const others = install.files.length + install.requirements.length + install.projects.length > 1;
  return {
    what: `${baseName(file.path)} is installed, which by its name lists what development needs`,
    nameFirst: true,
    at: file.word,
    folders,
    fixTitle: `Do not install ${baseName(file.path)}`,
    fix: others ? (facts, command) => withoutOption(facts, command, file.word) : undefined,
  };
}

/** The word, and the option in front of it. */
function withoutOption(facts: Facts, command: Command, value: Word): readonly Edit[] | undefined {
  const at = command.words.findIndex((it) => it.at.start === value.at.start);
  const option = command.words[at - 1];
  if (option?.text === undefined || !option.text.startsWith("-")) return undefined;
  return removeWords(facts, command.words, [option, value]);
}

function developmentGroup(install: PythonInstall, folders: readonly string[]): DevelopmentCause | undefined {
  const { selection, tool, action } = install;
  const extra = selection?.extras.find(({ name }) => isDevelopmentGroup(name));
  if (selection?.development === "asked for" || extra !== undefined) {
    const words = selection?.development === "asked for" ? selection.developmentWords : [];
    const at = words[0] ?? extra?.word ?? action;
    return {
      what: `${tool} is asked for what only development needs`,
      nameFirst: true,
      at,
      folders,
      fixTitle: "Do not ask for it",
      fix: words.length === 0 ? undefined : (facts, command) => withoutAsking(facts, command, words, install),
    };
  }
  if (selection?.development !== "by default") return undefined;
  const { productionFlag: flag } = selection;
  return {
    what: `${tool} also installs the project's development dependencies unless it is told not to`,
    nameFirst: true,
    at: action,
    folders,
    fixTitle: `Add ${flag ?? ""}`,
    fix: flag === undefined ? undefined : () => [insertAt(action.at.end, ` ${flag}`)],
  };
}

/** `--dev`, or `--with dev` as a whole; a list that names more than that is left to people. */
function withoutAsking(
  facts: Facts,
  command: Command,
  words: readonly Word[],
  { action, selection }: PythonInstall,
): readonly Edit[] | undefined {
  const gone: Word[] = [];
  for (const word of words) {
    if (word.text?.startsWith("-") === true) gone.push(word);
    else if (word.text !== undefined && isDevelopmentGroup(word.text)) {
      const at = command.words.findIndex((it) => it.at.start === word.at.start);
      const option = command.words[at - 1];
      if (option?.text?.startsWith("-") === true) gone.push(option);
      gone.push(word);
    } else return undefined;
  }
  const removal = removeWords(facts, command.words, [...new Set(gone)]);
  // Not asked for, they still come along by default.
  const flag = selection?.productionFlag;
  return removal && [...(flag === undefined ? [] : [insertAt(action.at.end, ` ${flag}`)]), ...removal];
}
