/** What a command that starts a Node.js program opens, as far as its words say. */
import type { ScriptCommand } from "./node-scripts.ts";
import { isDevelopmentProgram, type PackageManifest } from "./package-manifest.ts";

/** A file or folder as it is written, relative to the working directory. Undefined: nobody can tell what it runs. */
export function opensAtStart(words: ScriptCommand, manifest: PackageManifest): readonly string[] | undefined {
  const [program = "", ...rest] = words;
  if (isDevelopmentProgram(manifest, program)) return undefined;
  switch (program) {
    case "node":
    case "nodejs":
      return nodeFile(rest, manifest);
    case "next":
      return rest[0] === "start" ? [".next"] : undefined;
    case "vite":
    case "astro":
      return rest[0] === "preview" ? ["dist"] : undefined;
    case "serve":
    case "http-server":
    case "sirv":
    case "remix-serve":
    case "react-router-serve":
      return one(rest.filter((it, index) => !it.startsWith("-") && !/^-[lp]$/.test(rest[index - 1] ?? "")));
    case "pm2-runtime":
      return one(rest.filter((it) => /\.[cm]?js$/.test(it)));
    case "prisma":
      return rest[0] === "migrate" || rest[0] === "db" ? [] : undefined;
    default:
      return undefined;
  }
}

const one = (operands: readonly string[]): readonly string[] | undefined =>
  operands.length === 1 ? operands : undefined;

/** `node --import ./telemetry.js -r dotenv/config dist/main`. */
function nodeFile(words: readonly string[], { development }: PackageManifest): readonly string[] | undefined {
  const file = words.findIndex((it, index) => !it.startsWith("-") && !loads(words[index - 1]));
  const options = words.slice(0, file === -1 ? undefined : file);
  if (file === -1 || options.some((it) => runsElse.test(it))) return undefined;
  const modules = options.flatMap((it, index) =>
    loads(options[index - 1])
      ? [it]
      : (/^--(?:require|import|loader|experimental-loader)=(.*)/.exec(it)?.[1] ?? []),
  );
  const names = modules.map((it) => /^((?:@[^/]+\/)?[^/]+)/.exec(it)?.[1]);
  return names.every((it) => it !== undefined && !it.startsWith(".") && !development.includes(it))
    ? words.slice(file, file + 1)
    : undefined;
}

const loads = (option: string | undefined): boolean =>
  /^(?:-r|--require|--import|--loader|--experimental-loader)$/.test(option ?? "");
const runsElse = /^(?:-e|--eval|-p|--print|-c|--check|--test|--run|--watch)$/;
