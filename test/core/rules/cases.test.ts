import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DocumentKind } from "../../../core/document-kind.ts";
import { sizeLabel } from "../../../core/size/size.ts";
import { ignoreWorldWith, newJudge, withPrices, worldWith } from "../support/judge.ts";
import { pythonWorldOf } from "../support/python-world.ts";

/**
 * Annotated cases, one file a rule: `== title`, optional lines `context PATH SIZE`, `manifest PATH TEXT`,
 * `ignore PATTERN` `prices` (of the catalogue) and `development` (the file of a development container), the Dockerfile with marks
 * `#   ^^^ severity rule (size)` below the words they stand for, and after `-- fixed` the text that `fix --review`
 * leaves. `document pyproject`, `document requirements` and `document dockerignore` make it another document; an
 * ignore file is read by the Dockerfiles of its lines `build LINE; LINE`, else by one that copies everything. Marks are taken out before reading, so columns and continuations stay true. The whole list is compared.
 */
const folder = join(import.meta.dirname, "cases");
const judge = await newJudge();

describe.each(readdirSync(folder))("%s", (file) => {
  it.each(casesIn(readFileSync(join(folder, file), "utf8")))(
    "$title",
    ({ source, marks, fixed, context, manifests, ignore, kind, prices, development, builds }) => {
      const files =
        kind === "dockerfile"
          ? worldWith(context, ignore, manifests)
          : kind === "dockerignore"
            ? ignoreWorldWith(judge, context, builds)
            : pythonWorldOf(source);
      const world = { ...(prices ? withPrices(files) : files), development };
      const reading = judge.read(kind, source);
      const findings = judge.findings(reading, world, {});
      expect(
        findings.map(({ at, rule, severity, saving }) => {
          const { line, character } = reading.lines.positionAt(at.start);
          return `${line}:${character} ${source.slice(at.start, at.end)} ${severity} ${rule} (${sizeLabel(saving)})`;
        }),
      ).toEqual(marks);
      const result = judge.fixAll(reading, world, {}, { review: true });
      if (fixed !== undefined) expect(result.text).toBe(fixed);
      const again = judge.fixAll(judge.read(kind, result.text), world, {}, { review: true });
      if (result.otherFiles.length === 0) expect(again.applied).toEqual([]);
      // The same file with Windows line breaks says the same.
      const windows = judge.read(kind, source.replaceAll("\n", "\r\n"));
      expect(judge.findings(windows, world, {}).map((found) => found.rule)).toEqual(
        findings.map((found) => found.rule),
      );
    },
  );
});

const documents = ["pyproject", "requirements", "dockerignore"] as const;

function casesIn(text: string) {
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const [title = "", ...rest] = block.split("\n");
      const [body = "", fixed] = rest.join("\n").split(/^-- fixed\n/m);
      const context: Record<string, number> = {};
      const manifests = new Map<string, string>();
      let ignore: string | undefined;
      const lines: string[] = [];
      const marks: string[] = [];
      let kind: DocumentKind = "dockerfile";
      let builds: string[] | undefined;
      let prices = false;
      let development = false;
      for (const line of body.split("\n")) {
        const document = documents.find((it) => line === `document ${it}`);
        if (document !== undefined) {
          kind = document;
          continue;
        }
        const built = /^build (.*)$/.exec(line);
        if (built?.[1] !== undefined) {
          builds = [...(builds ?? []), built[1].replaceAll("; ", "\n")];
          continue;
        }
        const sized = /^context (\S+) (\d+)$/.exec(line);
        const manifest = /^manifest (\S+) (.+)$/.exec(line);
        const mark = /^#( *)(\^+) (.*)$/.exec(line);
        const ignored = /^ignore (\S+)$/.exec(line);
        if (ignored?.[1] !== undefined) ignore = `${ignore ?? ""}${ignored[1]}\n`;
        else if (line === "prices") prices = true;
        else if (line === "development") development = true;
        else if (sized?.[1] !== undefined) context[sized[1]] = Number(sized[2]);
        else if (manifest?.[1] !== undefined && manifest[2] !== undefined) {
          context[manifest[1]] = manifest[2].length;
          manifests.set(manifest[1], manifest[2].replaceAll("\\n", "\n"));
        } else if (mark?.[1] !== undefined) {
          const start = mark[1].length + 1;
          const above = lines.at(-1) ?? "";
          marks.push(
            `${lines.length - 1}:${start} ${above.slice(start, start + (mark[2] ?? "").length)} ${mark[3]}`,
          );
        } else lines.push(line);
      }
      return {
        title,
        source: lines.join("\n"),
        marks,
        fixed,
        context,
        manifests,
        ignore,
        kind,
        prices,
        development,
        builds,
      };
    });
}
