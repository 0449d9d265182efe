/**
 * Java archives: META-INF/maven/GROUP/ARTIFACT/pom.properties, else the manifest, else the file's name ARTIFACT-VERSION.
 * Archives inside (WEB-INF/lib, BOOT-INF/lib) have the bytes that they take in the outer file.
 */
import type { ArchiveFacts } from "../archive-probe.ts";
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";
import { nameOf } from "./metadata.ts";

const archive = /\.(?:jar|war|ear|hpi)$/;

export const java: Cataloguer = {
  ecosystem: "java",
  kind: "program",
  endings: [],
  wants: () => false,
  catalogue: (_, image) => ({
    packages: image.probed.flatMap(({ path, facts }) =>
      facts.archive === undefined || !archive.test(path) ? [] : packagesIn(path, facts.archive),
    ),
    troubles: [],
  }),
};

function packagesIn(path: string, facts: ArchiveFacts): readonly FoundPackage[] {
  const outer = identityOf(nameOf(path), facts);
  const inner = facts.inner.map((it) => ({ ...identityOf(nameOf(it.path), it.facts), bytes: it.bytes }));
  return [
    {
      ecosystem: "java",
      name: outer.name,
      version: outer.version,
      files: [path],
      dependsOn: [...new Set([...inner.map((it) => it.name), ...outer.shaded])],
      requested: null,
    },
    ...inner.map(
      ({ name, version, shaded, bytes }): FoundPackage => ({
        ecosystem: "java",
        name,
        version,
        files: [],
        parts: [{ path, bytes }],
        dependsOn: shaded,
        requested: false,
      }),
    ),
  ];
}

interface Identity {
  /** GROUP:ARTIFACT, where the group is known. */
  readonly name: string;
  readonly version: string;
  /** Other projects packed into the same archive. */
  readonly shaded: readonly string[];
}

function identityOf(fileName: string, { projects, title, version }: ArchiveFacts): Identity {
  const [, stem = "", written = ""] = /^(.+?)(?:-(\d[^/]*?))?\.[a-z]+$/.exec(fileName) ?? [];
  const own =
    projects.find((it) => it.artifact === stem) ?? (projects.length === 1 ? projects[0] : undefined);
  const shaded = projects.filter((it) => it !== own).map((it) => `${it.group}:${it.artifact}`);
  const first = (...them: readonly string[]): string => them.find((it) => it !== "") ?? "";
  return own === undefined
    ? { name: first(stem, title), version: first(written, version), shaded }
    : { name: `${own.group}:${own.artifact}`, version: first(own.version, written, version), shaded };
}
