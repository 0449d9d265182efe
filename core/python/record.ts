/** RECORD of an installed distribution (PEP 376 and 627): `path,hash,size`, paths relative to the folder of packages. */

export interface RecordedFiles {
  /** Sum over the files that have a size. Bytecode, which runs write anew, does not count. */
  readonly bytes: number;
  /** Of modules in source. */
  readonly pythonBytes: number;
  /** Files without a size: it is on the disk. */
  readonly sizeless: readonly string[];
  /** What programs import, dotted, shortest names that say whose they are. */
  readonly modules: readonly string[];
}

/** Nobody needs more to recognise a distribution. */
const mostModules = 60;

export function readRecord(text: string): RecordedFiles {
  let bytes = 0;
  let pythonBytes = 0;
  const sizeless: string[] = [];
  const paths: string[] = [];
  for (const line of text.split("\n")) {
    const row = rowOf(line);
    if (row === undefined || isBytecode(row.path)) continue;
    paths.push(row.path);
    if (row.size === undefined) {
      // RECORD has no hash of itself.
      if (!/\.dist-info\/RECORD$/.test(row.path)) sizeless.push(row.path);
      else bytes += text.length;
      continue;
    }
    bytes += row.size;
    if (row.path.endsWith(".py")) pythonBytes += row.size;
  }
  return { bytes, pythonBytes, sizeless, modules: modulesOf(paths) };
}

const isBytecode = (path: string): boolean => /\.pyc$/.test(path);

function rowOf(line: string): { readonly path: string; readonly size: number | undefined } | undefined {
  const text = line.replace(/\r$/, "");
  const match = /^(?:"((?:[^"]|"")*)"|([^,]*))(?:,([^,]*))?(?:,(\d*))?$/.exec(text);
  const path = match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? "";
  if (path === "") return undefined;
  const size = match?.[4] === undefined || match[4] === "" ? undefined : Number(match[4]);
  return { path, size: size !== undefined && Number.isSafeInteger(size) ? size : undefined };
}

const module = /^([A-Za-z_]\w*)(?:\.[^/]*)?\.(?:py|so|pyd)$/;

/** Packages by their topmost `__init__`, single modules, and parts of namespaces by their folders. */
export function modulesOf(paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => {
    const parts = path.split("/");
    const name = module.exec(parts.at(-1) ?? "")?.[1];
    const folders = parts.slice(0, -1);
    return name === undefined || folders.some((it) => !/^[A-Za-z_]\w*$/.test(it)) ? [] : [{ folders, name }];
  });
  const packages = new Set(files.flatMap((it) => (it.name === "__init__" ? [it.folders.join(".")] : [])));
  const res = new Set<string>();
  for (const { folders, name } of files) {
    const whole = folders.map((_, index) => folders.slice(0, index + 1).join("."));
    const owner = whole.find((it) => packages.has(it));
    const own = owner ?? [...folders, name].join(".");
    if (own !== "" && own !== "__init__") res.add(own);
    if (res.size >= mostModules) break;
  }
  return [...res];
}
