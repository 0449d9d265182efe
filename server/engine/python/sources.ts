/** Looks through a project's own files for names: which of its heavy requirements they mention. */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { type FileUse, type SourceUse, usesIn } from "../../../core/python/source-use.ts";
import { regularText } from "../regular-file.ts";

const mostFiles = 6_000;
const largestFile = 2_000_000;
const mostBytes = 80_000_000;

/** Others' files, and what tools wrote. */
const passedBy = new Set([
  ".git",
  ".hg",
  ".svn",
  ".tox",
  ".nox",
  ".eggs",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  "node_modules",
  "__pycache__",
  "site-packages",
]);
const python = new Set([".py", ".pyi", ".pyx", ".pxd", ".pyw"]);
const others = new Set(
  ".ipynb .cfg .ini .toml .yaml .yml .json .sh .bash .zsh .fish .env .conf .service .mk .bat .ps1 .nix .hcl .tf .j2 .jinja .jinja2 .tmpl .in .txt .rb .js .ts .go .rs .r".split(
    " ",
  ),
);
/** Without an ending, or with one of many. */
const named =
  /^(?:.*dockerfile.*|.*containerfile.*|makefile|justfile|procfile.*|jenkinsfile|tox\.ini|\.env.*|\.?entrypoint.*|manage|wsgi|asgi)$/i;
/** Lists of requirements and locks mention everything. */
const lists =
  /^(?:.*requirements.*\.(?:txt|in)|constraints.*\.txt|.*\.lock|pylock.*\.toml|pipfile|package(?:-lock)?\.json|environment.*\.ya?ml|conda.*\.ya?ml|pdm\.toml|\.pre-commit-config\.yaml|renovate\.json5?|dependabot\.yml)$/i;

interface Kept extends FileUse {
  /** Of the file's last change. */
  readonly time: number;
  readonly bytes: number;
  readonly readable: boolean;
}

/** Files are read again only when they changed or other names are asked for. */
export class SourceScanner {
  /** By folder, for the names that were last asked for there. */
  readonly #kept = new Map<string, { readonly key: string; readonly files: Map<string, Kept> }>();

  /** `texts`: what stands for files whose requirements are left out, by path. */
  async scan(
    folder: string,
    asked: ReadonlySet<string>,
    texts: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<SourceUse> {
    const key = [...asked].sort().join(" ");
    const before = this.#kept.get(folder);
    const kept = before?.key === key ? before.files : new Map<string, Kept>();
    this.#kept.set(folder, { key, files: kept });
    const listed = await filesBelow(folder, signal);
    const mentioned = new Set<string>();
    let complete = listed.complete;
    let dynamic = false;
    let [files, bytes] = [0, 0];
    for (const path of listed.paths) {
      if (signal.aborted || !complete) break;
      const isPython = python.has(extname(path).toLowerCase());
      const given = texts.get(path);
      const use =
        given === undefined
          ? await useOf(path, isPython, asked, kept)
          : { ...usesIn(given, isPython, asked), readable: true, bytes: given.length };
      bytes += use.bytes;
      complete = use.readable && bytes <= mostBytes;
      if (isPython) files += 1;
      dynamic ||= use.dynamic;
      for (const it of use.mentioned) mentioned.add(it);
    }
    return { asked, mentioned, dynamic, complete: complete && !signal.aborted, files };
  }
}

async function useOf(
  path: string,
  isPython: boolean,
  asked: ReadonlySet<string>,
  kept: Map<string, Kept>,
): Promise<Kept> {
  const found = await stat(path).catch(() => undefined);
  const [time, bytes] = [found?.mtimeMs ?? 0, found?.size ?? 0];
  const known = kept.get(path);
  if (known?.time === time && known.bytes === bytes) return known;
  const unread = { time, bytes: 0, mentioned: [], dynamic: false, readable: false };
  if (found === undefined) return unread;
  // Data in a text's clothes: what is that long is no configuration. Notebooks hold their pictures.
  if (bytes > largestFile) return { ...unread, readable: !isPython && !path.endsWith(".ipynb") };
  const text = await regularText(path).catch(() => undefined);
  const use = text === undefined ? unread : { time, bytes, readable: true, ...usesIn(text, isPython, asked) };
  kept.set(path, use);
  // Others have the thread between two files.
  await turn();
  return use;
}

async function filesBelow(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly paths: readonly string[]; readonly complete: boolean }> {
  const paths: string[] = [];
  const waiting = [folder];
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    if (signal.aborted || paths.length > mostFiles) return { paths, complete: false };
    let entries: Dirent[];
    try {
      entries = await readdir(here, { withFileTypes: true });
    } catch {
      return { paths, complete: false };
    }
    // Installed packages mention each other.
    if (here !== folder && entries.some((it) => it.name === "pyvenv.cfg" || it.name === "conda-meta"))
      continue;
    for (const it of entries) {
      const path = join(here, it.name);
      if (it.isDirectory() && !passedBy.has(it.name)) waiting.push(path);
      // Sources behind a link are not looked at, so nothing is said of them.
      else if (
        it.isSymbolicLink() &&
        !it.name.startsWith(".") &&
        (isLookedAt(it.name) || extname(it.name) === "")
      ) {
        return { paths, complete: false };
      } else if (it.isFile() && isLookedAt(it.name) && !isListOf(here, it.name)) paths.push(path);
    }
  }
  return { paths, complete: true };
}

/** `requirements/base.txt` */
const isListOf = (folder: string, name: string): boolean =>
  /^requirements?$/.test(basename(folder)) && /\.(?:txt|in)$/.test(name);

function isLookedAt(name: string): boolean {
  if (lists.test(name)) return false;
  const ending = extname(name).toLowerCase();
  return python.has(ending) || others.has(ending) || named.test(name);
}
