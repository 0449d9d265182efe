/**
 * Whether an instruction's words account for the text that a builder left in an image's history: the classic builder,
 * BuildKit, Buildah and kaniko spell them differently.
 */
import type { CopyInstruction, Instruction, OtherInstruction, RunInstruction } from "../dockerfile/facts.ts";

/** no: another instruction made it. keyword: nothing speaks against it. words: its own words are there. */
export type Fit = "no" | "keyword" | "words";

/** `text`: a history entry's plain command. */
export function fitOfEntry(it: Instruction, text: string): Fit {
  if (it.kind === "run" && it.form === "exec") return fitsExec(it, text);
  const [keyword = ""] = text.split(/\s/, 1);
  if (keyword.toUpperCase() !== it.keyword) return "no";
  const rest = squeezed(text.slice(keyword.length));
  switch (it.kind) {
    case "run":
      return fitsShell(it, rest);
    case "copy":
      return fitsCopy(it, rest);
    case "other":
      return fitsOther(it, rest);
  }
}

function fitsShell({ source }: RunInstruction, rest: string): Fit {
  if (rest === squeezed(bodyOf(source))) return "words";
  const script = /^RUN\s+(?:--\S+\s+)*<<-?\s*["']?(\w+)["']?[^\n]*\n([\s\S]*)\n\s*\1\s*$/i.exec(source)?.[2];
  if (script === undefined) return "no";
  if (rest === squeezed(script)) return "words";
  // Some builders show the first line only.
  return rest.startsWith("<<") ? "keyword" : "no";
}

/** Exec form: the words one after another, with the keyword (BuildKit) or without. */
function fitsExec({ source }: RunInstruction, text: string): Fit {
  const words = bodyOf(source).match(/"(?:[^"\\]|\\.)*"/g);
  if (words === null || /\\/.test(source)) return /^RUN\s/.test(text) ? "keyword" : "no";
  const command = squeezed(words.map((word) => word.slice(1, -1)).join(" "));
  return squeezed(text.replace(/^RUN\s+/, "")) === command ? "words" : "no";
}

/** BuildKit writes the words after variables, without flags; the classic builder and Buildah a checksum for the sources. */
function fitsCopy(it: CopyInstruction, rest: string): Fit {
  const hashed = /^(?:--chown=\S*?)?(?:dir|file|multi):[0-9a-f]+ in (.*)$/.exec(rest)?.[1];
  if (hashed !== undefined) {
    const { destination, destinationPath } = it;
    const places = [destination?.text, destinationPath].flatMap((text) =>
      text === undefined ? [] : [slashless(text)],
    );
    if (places.length === 0) return "keyword";
    return places.includes(slashless(hashed)) ? "words" : "no";
  }
  const shown = squeezed(rest.replace(/^(?:--\S+ )+/, ""));
  const words = [...it.sources, ...(it.destination === undefined ? [] : [it.destination])];
  if (shown === squeezed(bodyOf(it.source))) return "words";
  // A word that cannot be decided could be any.
  if (it.heredoc || words.some(({ text }) => text === undefined)) return "keyword";
  return shown === squeezed(words.map(({ text }) => text).join(" ")) ? "words" : "no";
}

function fitsOther(it: OtherInstruction, rest: string): Fit {
  switch (it.keyword) {
    case "WORKDIR": {
      const path = it.words[0]?.text;
      if (path === undefined || !path.startsWith("/")) return "keyword";
      return slashless(rest) === slashless(path) ? "words" : "no";
    }
    case "ENV":
    case "LABEL": {
      const names = it.words.flatMap(({ text }) => /^([^=]+)=/.exec(text ?? "")?.[1] ?? []);
      if (names.length === 0) return "keyword";
      return names.every((name) => rest.includes(`${name}=`)) ? "words" : "no";
    }
    case "USER": {
      const user = it.words[0]?.text;
      return user === undefined ? "keyword" : user === rest ? "words" : "no";
    }
    case "CMD":
    case "ENTRYPOINT": {
      const own = bodyOf(it.source);
      if (/[\\$]/.test(own)) return "keyword";
      return bareWords(own) === bareWords(rest.replace(/^\["?\/bin\/(?:ba)?sh"? "?-c"? /, ""))
        ? "words"
        : "no";
    }
    default:
      return "keyword";
  }
}

/** What the instruction got: without the keyword, flags, comments and continuations. */
function bodyOf(source: string): string {
  const lines = source.split(/\r?\n/);
  const joined = lines
    .filter((line, index) => index === 0 || !line.trimStart().startsWith("#"))
    .map((line) => line.replace(/[\\`][ \t]*$/, ""))
    .join("");
  return joined.replace(/^(?:ONBUILD\s+)?\S+\s+/i, "").replace(/^(?:--[a-z][a-z0-9-]*(?:=\S*)?\s+)+/, "");
}

const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

const slashless = (path: string): string => path.trim().replace(/(?<=.)\/+$/, "");

const bareWords = (text: string): string => squeezed(text.replace(/["'[\],]/g, " "));
