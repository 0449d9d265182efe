/**
 * conda environments: PREFIX/conda-meta/NAME-VERSION-BUILD.json, one a package, with its files relative to the prefix
 * and its dependencies; `requested_spec` says what was asked for by name.
 */
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";
import { edgesTo, jsonRecord, parentOf, pathFrom, textIn, textsIn } from "./metadata.ts";

const record = /(?:^|\/)conda-meta\/[^/]+\.json$/;

interface Found {
  readonly path: string;
  readonly prefix: string;
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly needs: readonly string[];
  readonly spec: string | undefined;
}

export const conda: Cataloguer = {
  ecosystem: "conda",
  kind: "environment",
  endings: [],
  folders: /(?:^|\/)conda-meta\/$/,
  wants: (path) => record.test(path),
  catalogue(files) {
    const troubles: { path: string; why: string }[] = [];
    const found = [...files.paths].flatMap((path): Found[] => {
      if (!record.test(path)) return [];
      const it = jsonRecord(files.text(path));
      const name = textIn(it?.["name"]);
      if (it === undefined || name === undefined) {
        troubles.push({ path, why: "no record of a conda package can be read from it" });
        return [];
      }
      const specs = textsIn(it["requested_specs"]);
      const spec = textIn(it["requested_spec"]);
      return [
        {
          path,
          prefix: parentOf(parentOf(path)),
          name,
          version: textIn(it["version"]) ?? "",
          files: textsIn(it["files"]),
          needs: textsIn(it["depends"]).map((need) => need.split(" ")[0] ?? ""),
          spec: specs[0] ?? spec,
        },
      ];
    });
    const prefixes = new Set(found.map((it) => it.prefix));
    return { packages: [...prefixes].flatMap((prefix) => environmentOf(found, prefix)), troubles };
  },
};

function environmentOf(all: readonly Found[], prefix: string): readonly FoundPackage[] {
  const found = all.filter((it) => it.prefix === prefix);
  const edges = edgesTo(found.map(({ name }) => ({ name, provides: [] })));
  const isAsked = ({ spec }: Found): boolean => spec !== undefined && spec !== "" && spec !== "None";
  const isKnown = found.some(isAsked);
  return found.map((it) => ({
    ecosystem: "conda",
    name: it.name,
    version: it.version,
    files: [it.path, ...it.files.map((file) => pathFrom(prefix, file))],
    dependsOn: edges(
      it.needs.map((need) => [need]),
      it.name,
    ),
    requested: isKnown ? isAsked(it) : null,
  }));
}
