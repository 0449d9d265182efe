/** Scripts that a container starts, where the build context or the Dockerfile holds their text. */
import type { BuildContext } from "../context/build-context.ts";
import { copiedPart, isFromContext } from "./copied.ts";
import type { CopyInstruction, Facts, Instruction } from "./facts.ts";
import { baseName, isWithin, withoutSlash } from "./paths.ts";

/** Scripts that call scripts that call scripts. */
const mostCalls = 4;

/** It runs what the file does not name. */
const opaque =
  /\b(?:eval|supervisord|honcho|foreman|just|circusd)\b|\bmake\s|\b(?:npm|yarn|pnpm)\s|(?:^|[;&|]|\bexec)[ \t]*"?\$(?:\w|\{\w)/m;

const shells = /\b(?:ba|da|z)?sh\b/;

/**
 * Whether a script at a path of the image, or one that it calls, names the program; undefined: its text, or what it
 * runs, is not known.
 */
export function scriptRuns(
  facts: Facts,
  context: BuildContext | undefined,
  path: string,
  program: string,
  calls = mostCalls,
): boolean | undefined {
  const text = textAt(facts, context, path);
  return text === undefined ? undefined : textRuns(facts, context, text, program, calls);
}

function textRuns(
  facts: Facts,
  context: BuildContext | undefined,
  text: string,
  program: string,
  calls: number,
): boolean | undefined {
  const code = text.replace(/^\s*#.*$/gm, "").replace(/\s#\s.*$/gm, "");
  if (new RegExp(`(?:^|[^\\w.-])${program}[\\d.]*(?![\\w.=-])`, "m").test(code)) return true;
  if (opaque.test(code)) return undefined;
  const called = [...code.matchAll(/[\w./${}-]+\.(?:sh|bash)\b/g)].map(([word]) => word);
  const sourced = [...code.matchAll(/(?:^|[;&|])[ \t]*(?:\.|source)[ \t]+["']?([^\s"';&|]+)/gm)].map(
    ([, word]) => word ?? "",
  );
  // An environment's own script sets variables.
  const others = [...called, ...sourced].filter(
    (it) => !/(?:^|\/)activate$|\/etc\/(?:profile|os-release)$/.test(it),
  );
  if (others.length > 0 && calls === 0) return undefined;
  for (const it of new Set(others)) {
    const answer = scriptRuns(facts, context, it, program, calls - 1);
    if (answer !== false) return answer;
  }
  return false;
}

/** A path that begins elsewhere (`./start.sh`, `$DIR/start.sh`) means the file of that name, where there is one. */
function textAt(facts: Facts, context: BuildContext | undefined, path: string): string | undefined {
  if (facts.shipped.some((it) => it.kind === "run" && writes(it, path))) {
    const makers = facts.shipped.filter((it) => it.kind === "run" && writes(it, path));
    // What echo, printf and cat write stands in the instruction.
    return makers.every((it) => !/\b(?:curl|wget|git|cp|mv|tar)\b/.test(it.source))
      ? makers.map(({ source }) => source).join("\n")
      : undefined;
  }
  for (const copy of facts.shipped.toReversed()) {
    if (copy.kind !== "copy") continue;
    const text = copy.heredoc ? heredocAt(copy, path) : copiedAt(copy, context, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

const writes = (it: Instruction, path: string): boolean =>
  it.kind === "run" &&
  it.commands.some(
    ({ runs, effects }) =>
      runs !== "never" &&
      effects?.some((one) => one.kind === "create" && one.paths.some((made) => isNamed(made.path, path))),
  );

const heredocAt = ({ destinationPath, source }: CopyInstruction, path: string): string | undefined =>
  destinationPath !== undefined && isNamed(destinationPath, path)
    ? source.slice(source.indexOf("\n") + 1)
    : undefined;

function copiedAt(
  copy: CopyInstruction,
  context: BuildContext | undefined,
  path: string,
): string | undefined {
  if (context === undefined || copy.destinationPath === undefined || !isFromContext(copy)) return undefined;
  if (path.startsWith("/")) {
    const [piece, ...others] = copiedPart(copy, path, context)?.pieces ?? [];
    return piece?.entry.kind === "file" && others.length === 0
      ? context.manifests.get(piece.entry.path)
      : undefined;
  }
  const name = baseName(path);
  const found = [...context.manifests].filter(
    ([at]) =>
      baseName(at) === name &&
      copy.sources.some(({ text }) =>
        context
          .matches(text ?? "")
          .some((entry) => entry.path === "" || isWithin(`/${at}`, `/${entry.path}`)),
      ),
  );
  const [only, ...others] = found;
  return others.length === 0 ? only?.[1] : undefined;
}

const isNamed = (made: string, path: string): boolean =>
  path.startsWith("/") ? withoutSlash(made) === withoutSlash(path) : baseName(made) === baseName(path);

/** Words of a CMD or ENTRYPOINT without the scripts that are known not to run the program, and the shell before them. */
export function withoutScripts(
  facts: Facts,
  context: BuildContext | undefined,
  it: Instruction,
  program: string,
): { readonly runs: boolean; readonly rest: string } {
  // The keyword ENTRYPOINT is no script of that name.
  let rest = it.source.slice(it.keyword.length);
  if (it.kind !== "other") return { runs: false, rest };
  let runs = false;
  for (const { text } of it.words) {
    if (text === undefined || !/\/|\.(?:sh|bash)$/.test(text) || /\s/.test(text)) continue;
    const answer = scriptRuns(facts, context, text.replace(/^\.\//, ""), program);
    if (answer === undefined) continue;
    runs ||= answer;
    rest = rest.replace(text, "").replace(shells, "");
  }
  return { runs, rest };
}

const serviceFolders = ["/etc/services.d", "/etc/cont-init.d", "/etc/s6-overlay"];

/**
 * Whether a service that s6-overlay starts names the program; undefined: there is none whose text is known. What lies
 * in the base image cannot run what is installed on top of it.
 */
export function servicesRun(
  facts: Facts,
  context: BuildContext | undefined,
  program: string,
): boolean | undefined {
  if (context === undefined) return undefined;
  const paths = facts.shipped.flatMap((it) =>
    it.kind === "copy" && isFromContext(it)
      ? serviceFolders.flatMap((folder) =>
          (copiedPart(it, folder, context)?.pieces ?? []).flatMap(({ entry }) =>
            filesBelow(context, entry.path),
          ),
        )
      : [],
  );
  if (!paths.some((it) => /\/(?:run|up)$|\.sh$/.test(it))) return undefined;
  for (const path of paths) {
    const text = context.manifests.get(path);
    if (text === undefined) {
      // Empty files and small settings (`type`, `dependencies.d`) have no commands.
      const [entry] = context.matches(path);
      if (entry === undefined || entry.taken.bytes > 0) return undefined;
      continue;
    }
    const answer = textRuns(facts, context, text, program, 1);
    if (answer !== false) return answer;
  }
  return false;
}

const filesBelow = (context: BuildContext, directory: string): readonly string[] =>
  context
    .children(directory)
    .flatMap(({ kind, path }) => (kind === "file" ? [path] : filesBelow(context, path)));
