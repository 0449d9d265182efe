/**
 * The one door to dockerfile-ast: an instruction's keyword, flags and arguments.
 *
 * Invariant: reading is total. The parser sees one joined line at a time (comments and continuations are
 * gone by then), so its faults with them, and any exception, stay within one instruction.
 */
import { DockerfileParser, type Instruction, JSONInstruction, PropertyInstruction } from "dockerfile-ast";
import type { Span } from "../text/span.ts";

/** Spans are offsets into the joined line. */
export interface ReadInstruction {
  /** Upper case, the trigger's for ONBUILD. */
  readonly keyword: string;
  readonly keywordAt: Span;
  readonly onbuild: boolean;
  readonly flags: readonly { readonly name: string; readonly value: string | undefined; readonly at: Span }[];
  readonly arguments: readonly { readonly raw: string; readonly at: Span }[];
  /** The strings of the exec form; undefined for the shell form. */
  readonly strings: readonly { readonly value: string; readonly at: Span }[] | undefined;
  /** NAME and raw value of ENV, ARG and LABEL. */
  readonly properties: readonly { readonly name: string; readonly raw: string | undefined }[];
  /** Where the arguments after the flags begin. */
  readonly bodyStart: number;
}

export type ReadResult =
  | { readonly ok: true; readonly instruction: ReadInstruction }
  | { readonly ok: false; readonly why: string };

export function readInstruction(joined: string): ReadResult {
  // Flags, keyword and body are plain to see; the parser is asked for what needs a grammar.
  const head = /^(ONBUILD\s+)?([A-Za-z]+)(?=\s|$)/i.exec(joined);
  if (head?.[2] === undefined) return { ok: false, why: "no instruction keyword" };
  const onbuild = head[1] !== undefined;
  const keywordStart = head[1]?.length ?? 0;
  const keyword = head[2].toUpperCase();
  const flags = flagsFrom(joined, head[0].length);
  const bodyStart = flags.end;
  const base = {
    keyword,
    keywordAt: { start: keywordStart, end: keywordStart + keyword.length },
    onbuild,
    flags: flags.flags,
    bodyStart,
  };
  // A shell body is the shell reader's; only its exec form is Docker's.
  if (keyword === "RUN" && joined.charAt(bodyStart) !== "[") {
    return { ok: true, instruction: { ...base, arguments: [], strings: undefined, properties: [] } };
  }
  try {
    // The keyword keeps its place: what stands before it and the flags become blanks.
    const plain = " ".repeat(keywordStart) + joined.slice(keywordStart, head[0].length);
    const line = plain + " ".repeat(bodyStart - head[0].length) + joined.slice(bodyStart);
    const instruction = DockerfileParser.parse(line).getInstructions()[0];
    if (instruction === undefined) return { ok: false, why: "not an instruction" };
    return {
      ok: true,
      instruction: {
        ...base,
        arguments: argumentsOf(instruction, line),
        strings: stringsOf(instruction, line, bodyStart),
        properties: propertiesOf(instruction),
      },
    };
  } catch (cause) {
    return { ok: false, why: `parser: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

function flagsFrom(joined: string, from: number): { flags: ReadInstruction["flags"]; end: number } {
  const flags: { name: string; value: string | undefined; at: Span }[] = [];
  let end = from;
  for (;;) {
    const gap = /^\s*/.exec(joined.slice(end))?.[0].length ?? 0;
    const start = end + gap;
    const match = /^--([a-z][a-z0-9-]*)(?:=((?:"[^"]*"|'[^']*'|[^\s"'])*))?(?=\s|$)/.exec(
      joined.slice(start),
    );
    if (match?.[1] === undefined) return { flags, end: start };
    end = start + match[0].length;
    flags.push({ name: match[1], value: match[2], at: { start, end } });
  }
}

function argumentsOf(instruction: Instruction, line: string): ReadInstruction["arguments"] {
  return instruction.getArguments().map((it) => {
    const { start, end } = it.getRange();
    return {
      raw: line.slice(start.character, end.character),
      at: { start: start.character, end: end.character },
    };
  });
}

/** Docker takes the exec form only when the whole body is a JSON list of strings; else it is the shell form. */
function stringsOf(instruction: Instruction, line: string, bodyStart: number): ReadInstruction["strings"] {
  if (line.charAt(bodyStart) !== "[" || !(instruction instanceof JSONInstruction)) return undefined;
  const values = jsonStrings(line.slice(bodyStart));
  if (values === undefined) return undefined;
  const spans = instruction.getJSONStrings().map((it) => it.getRange());
  if (spans.length !== values.length) return undefined;
  return spans.map(({ start, end }, index) => ({
    value: values[index] ?? "",
    at: { start: start.character, end: end.character },
  }));
}

function jsonStrings(body: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) && value.every((it) => typeof it === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function propertiesOf(instruction: Instruction): ReadInstruction["properties"] {
  if (!(instruction instanceof PropertyInstruction)) return [];
  return instruction
    .getProperties()
    .map((it) => ({ name: it.getName(), raw: it.getUnescapedValue() ?? undefined }));
}
