import { normalised } from "../../dockerfile/paths.ts";
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";

const wanted = /\.dist-info\/(?:METADATA|RECORD|REQUESTED)$/;

/** Python distributions with a dist-info folder: what RECORD lists is theirs. */
export const python: Cataloguer = {
  ecosystem: "python",
  wants: (path) => wanted.test(path),
  catalogue(files) {
    const packages: FoundPackage[] = [];
    const troubles: { path: string; why: string }[] = [];
    for (const path of files.paths) {
      if (!path.endsWith("/METADATA")) continue;
      const text = files.text(path) ?? "";
      const folder = path.slice(0, -"/METADATA".length);
      const name = /^Name: (.+)$/m.exec(text)?.[1]?.trim();
      const record = files.text(`${folder}/RECORD`);
      if (name === undefined) {
        troubles.push({ path, why: "no Name in the metadata of this distribution" });
        continue;
      }
      if (record === undefined)
        troubles.push({ path, why: `the distribution ${name} has no RECORD of its files` });
      const site = folder.slice(0, folder.lastIndexOf("/"));
      packages.push({
        ecosystem: "python",
        name,
        version: /^Version: (.+)$/m.exec(text)?.[1]?.trim() ?? "",
        files: (record ?? "").split("\n").flatMap((line) => recordedPath(line, site)),
        dependsOn: [...text.matchAll(/^Requires-Dist: ([A-Za-z0-9][\w.-]*)(?![^\n]*extra\s*==)/gm)].map(
          (it) => it[1] ?? "",
        ),
        requested: files.has(`${folder}/REQUESTED`),
      });
    }
    return { packages, troubles };
  },
};

/** `PATH,HASH,SIZE`, the path quoted where it holds a comma, relative to the folder above. */
function recordedPath(line: string, site: string): readonly string[] {
  const path = line.startsWith('"')
    ? /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"')
    : line.split(",")[0];
  if (path === undefined || path === "") return [];
  const absolute = path.startsWith("/") ? path : `/${site}/${path}`;
  return [normalised(absolute).slice(1)];
}
