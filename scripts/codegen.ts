/**
 * Writes what can be derived: the indexes of rules and tools, the pages of the rules, their settings.
 * `--check` writes nothing and fails when something is out of date.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Rule } from "../core/rules/rule.ts";

const root = join(import.meta.dirname, "..");
const isCheck = process.argv.includes("--check");
const stale: string[] = [];
const header = "// Written by `npm run codegen`. Do not edit.\n";

put("core/rules/index.ts", ruleIndex());
put("core/tools/index.ts", toolIndex());
put("core/image/cataloguers/index.ts", cataloguerIndex());
const { rules }: { readonly rules: readonly Rule[] } = await import("../core/rules/index.ts");
for (const rule of rules) put(`docs/rules/${rule.id}.md`, pageOf(rule));
put("docs/rules/README.md", listOf(rules));
put("package.json", manifestWith(rules));
if (isCheck && stale.length > 0) {
  console.error(`out of date, run "npm run codegen":\n${stale.map((it) => `  ${it}`).join("\n")}`);
  process.exitCode = 1;
}

/** Every file of core/rules that defines a rule; the file is named after the rule's id. */
function ruleIndex(): string {
  const found = definitions("core/rules", /^export const (\w+) = defineRule\(/gm);
  const imports = found.map(({ name, file }) => `import { ${name} } from "./${file}";`);
  const list = found.map(({ name }) => `  ${name},`);
  return `${header}${imports.join("\n")}\n\nexport const rules = [\n${list.join("\n")}\n] as const;\n\nexport type RuleId = (typeof rules)[number]["id"];\n`;
}

/** Every exported Tool of core/tools. */
function toolIndex(): string {
  return indexOf("core/tools", "Tool", "tool");
}

/** Every exported Cataloguer of core/image/cataloguers. */
function cataloguerIndex(): string {
  return indexOf("core/image/cataloguers", "Cataloguer", "cataloguer");
}

/** A list of all exported values of one type, named after it. */
function indexOf(folder: string, type: string, name: string): string {
  const found = definitions(folder, new RegExp(`^export const (\\w+): ${type} = `, "gm"));
  const files = [...new Set(found.map((it) => it.file))];
  const imports = files.map((file): [string, string] => {
    const names = found.filter((it) => it.file === file).map((it) => it.name);
    const line = `import { ${names.sort(caseless).join(", ")} } from "./${file}";`;
    return [
      file,
      line.length <= 110 ? line : `import {\n${names.map((it) => `  ${it},\n`).join("")}} from "./${file}";`,
    ];
  });
  imports.push([`${name}.ts`, `import type { ${type} } from "./${name}.ts";`]);
  imports.sort(([a], [b]) => caseless(a, b));
  const start = `export const ${name}s: readonly ${type}[] = [`;
  const short = `${start}${found.map((it) => it.name).join(", ")}];`;
  const list = short.length <= 110 ? short : `${start}\n${found.map((it) => `  ${it.name},\n`).join("")}];`;
  return `${header}${imports.map(([, line]) => line).join("\n")}\n\n${list}\n`;
}

function definitions(folder: string, pattern: RegExp): { name: string; file: string }[] {
  const files = readdirSync(join(root, folder)).filter((it) => it.endsWith(".ts") && it !== "index.ts");
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(root, folder, file), "utf8");
    return [...text.matchAll(pattern)].map((it) => ({ name: it[1] ?? "", file }));
  });
}

function pageOf(rule: Rule): string {
  const peers = rule.peers.length > 0 ? `\nPeers that cover part of it: ${rule.peers.join(", ")}.\n` : "";
  return `<!-- Written by npm run codegen from core/rules/${rule.id}.ts -->
# ${rule.id}

${rule.summary}

${rule.docs.trim()}

## Silence it
Setting \`plimsoll.rules.${rule.id}\`: \`off\`. At one place, on a line of its own directly above:
\`# plimsoll: ignore[${rule.id}] why\`. In the whole file, at its top: \`# plimsoll: ignore-file[${rule.id}] why\`.
${peers}`;
}

function listOf(all: readonly Rule[]): string {
  return `<!-- Written by npm run codegen -->\n# Rules\n\n${all.map((it) => `- [${it.id}](${it.id}.md): ${it.summary}`).join("\n")}\n`;
}

/** The manifest with the rules' settings; everything else in it is written by hand. */
function manifestWith(all: readonly Rule[]): string {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  manifest.contributes ??= {};
  manifest.contributes.configuration ??= { title: "Plimsoll", properties: {} };
  const properties = manifest.contributes.configuration.properties ?? {};
  const own = Object.entries(properties).filter(([key]) => !key.startsWith("plimsoll.rules."));
  const settings = all.map((rule): [string, unknown] => [
    `plimsoll.rules.${rule.id}`,
    {
      type: "string",
      enum: ["auto", "error", "warning", "information", "hint", "off"],
      enumDescriptions: [
        "By the bytes that can be saved and how certain they are.",
        "Always an error.",
        "Always a warning.",
        "Always an information.",
        "Always a hint.",
        "Never reported.",
      ],
      default: "auto",
      markdownDescription: rule.summary,
      scope: "resource",
    },
  ]);
  manifest.contributes.configuration.properties = Object.fromEntries([...own, ...settings]);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function caseless(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

function put(path: string, text: string): void {
  if (textOf(path) === text) return;
  stale.push(path);
  if (isCheck) return;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
