/** Reads the directory of a zipped package: a Java archive, or one of yarn's; and of archives inside, one level deep. */
import { longestRange, type Probe } from "./probe.ts";
import type { FileFacts } from "./probes.ts";
import { type ZipEntry, ZipTail } from "./zip.ts";

/** What a Java archive says of itself. */
export interface ArchiveFacts {
  /** The projects that Maven packed into it. */
  readonly projects: readonly {
    readonly group: string;
    readonly artifact: string;
    /** Empty where only the directory could be read. */
    readonly version: string;
  }[];
  /** Attributes of its manifest. */
  readonly title: string;
  readonly version: string;
  /** Archives inside, with the bytes that they take there. */
  readonly inner: readonly { readonly path: string; readonly bytes: number; readonly facts: ArchiveFacts }[];
}

const project = /^META-INF\/maven\/([^/]+)\/([^/]+)\/pom\.properties$/;
const archive = /\.(?:jar|war|ear|rar)$/;
const mostProjects = 2_000;
const mostInner = 5_000;

export function* archiveProbe(size: number): Probe<FileFacts | undefined> {
  const start = Math.max(0, size - longestRange);
  const tail = yield { start, end: size };
  const zip = new ZipTail(tail, start + tail.length);
  return zip.entries.length === 0 ? undefined : { archive: factsIn(zip, true) };
}

function factsIn(zip: ZipTail, isOuter: boolean): ArchiveFacts {
  const manifest = zip.entries.find((it) => it.name === "META-INF/MANIFEST.MF");
  const attributes = attributesIn(manifest === undefined ? "" : (zip.text(manifest) ?? ""));
  return {
    projects: zip.entries.flatMap((it) => projectsIn(zip, it)).slice(0, mostProjects),
    title:
      attributes.get("Implementation-Title") ?? attributes.get("Bundle-SymbolicName")?.split(";")[0] ?? "",
    version: attributes.get("Implementation-Version") ?? attributes.get("Bundle-Version") ?? "",
    inner: isOuter
      ? zip.entries
          .filter((it) => archive.test(it.name))
          .slice(0, mostInner)
          .map((it) => innerOf(zip, it))
      : [],
  };
}

function innerOf(zip: ZipTail, it: ZipEntry): ArchiveFacts["inner"][number] {
  // Spring Boot and its kin store archives as they are; packed ones are known by their names.
  const bytes = it.method === 0 ? zip.packed(it) : undefined;
  const facts =
    bytes === undefined
      ? { projects: [], title: "", version: "", inner: [] }
      : factsIn(new ZipTail(bytes, bytes.length), false);
  return { path: it.name, bytes: it.packed, facts };
}

function projectsIn(zip: ZipTail, it: ZipEntry): ArchiveFacts["projects"] {
  const [, group, artifact] = project.exec(it.name) ?? [];
  if (group === undefined || artifact === undefined) return [];
  const version = /^version=(.*)$/m.exec(zip.text(it) ?? "")?.[1]?.trim() ?? "";
  return [{ group, artifact, version }];
}

/** The main section; a line that begins with a space goes on with the one before. */
function attributesIn(text: string): ReadonlyMap<string, string> {
  const main = text.replace(/\r\n?/g, "\n").split("\n\n")[0] ?? "";
  return new Map(
    main
      .replaceAll("\n ", "")
      .split("\n")
      .flatMap((line): [string, string][] => {
        const colon = line.indexOf(": ");
        return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()]];
      }),
  );
}
