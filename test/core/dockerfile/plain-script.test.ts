// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are scripts of a shell
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainScript } from "../../../core/dockerfile/plain-script.ts";
import { shellReader } from "../support/judge.ts";

const shell = await shellReader();
const cases = join(import.meta.dirname, "..", "rules", "cases");

/** Bodies of RUN in the rules' cases, line by line: continued ones are joined as Docker joins them. */
const bodies = readdirSync(cases)
  .flatMap((file) =>
    readFileSync(join(cases, file), "utf8")
      .replaceAll(/\\\n(?:#.*\n)*/g, "")
      .split("\n"),
  )
  .flatMap((line) => /^RUN (?!\[|--|.*<<)(.*\S)/.exec(line)?.[1] ?? []);

describe("a plain script", () => {
  it("is read as the grammar reads it, in every case that is written down here", () => {
    const plain = bodies.filter((it) => plainScript(it) !== undefined);
    expect(plain.length).toBeGreaterThan(bodies.length / 2);
    for (const it of plain) expect(joined(plainScript(it)), it).toEqual(joined(shell.grammar(it)));
  });

  it.each([
    "true",
    "  true  ",
    "a && b || c",
    "a;b ; c;",
    "a && b; c && d || e",
    "A=1 B= C='x y' apt-get install -y curl",
    "A=1",
    "A=1 B=2",
    "make A=1 --prefix=/usr",
    "echo 'a b' \"c d\" \"\" '' x\"y\"'z'",
    'echo "$A" "${B}/c" $D/e$F "a $G  b"',
    "rm -rf /var/lib/apt/lists/* ~/.cache /tmp/a?",
    "echo done",
    "x^2 a@b 100% a,b +x",
    "a &&\tb",
  ])("%j", (text) => {
    expect(joined(plainScript(text))).toEqual(joined(shell.grammar(text)));
  });

  it.each([
    "",
    " ",
    "a |b",
    "a & b",
    "a &&",
    "&& a",
    "a ;; b",
    "a && ; b",
    "(a)",
    "a > b",
    "a $(b)",
    "a `b`",
    "a \\; b",
    "a # b",
    "a\nb",
    "if a; then b; fi",
    "for a in b; do c; done",
    "{ a; }",
    "export A=1",
    "[ -f a ] && b",
    "! a",
    "sh -c 'a && b'",
    "/bin/bash -c 'a'",
    "su x -c 'a'",
    "a 'b",
    'a "b',
    "a ${B:-c}",
    "a $1 $",
    "a {b,c}",
    'a " $H"',
    "a[1]=2",
    "a+=2",
    "echo ä",
  ])("%j is left to the grammar", (text) => {
    expect(plainScript(text)).toBeUndefined();
  });
});

/** The grammar gives a text in pieces in some places; what it says is the same. */
function joined(value: unknown): unknown {
  if (Array.isArray(value)) {
    const res: unknown[] = [];
    for (const it of value.map(joined)) {
      const last = res.at(-1);
      if (isText(it) && it.text === "") continue;
      if (isText(it) && isText(last)) res.splice(-1, 1, { ...last, text: last.text + it.text });
      else res.push(it);
    }
    return res;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, joined(it)]));
}

const isText = (it: unknown): it is { readonly kind: "text"; readonly text: string } =>
  typeof it === "object" && it !== null && "kind" in it && it.kind === "text" && "text" in it;
