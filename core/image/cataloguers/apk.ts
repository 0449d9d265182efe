/**
 * Alpine's packages: lib/apk/db/installed, lines of one letter (apk-tools' "installed database" format): P name,
 * V version, D dependencies, p provides, F a folder, R a file in it. /etc/apk/world names what was asked for.
 */
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";
import { edgesTo, parentOf } from "./metadata.ts";

const database = /^(?:usr\/)?lib\/apk\/db\/installed$/;
const world = "etc/apk/world";

interface Record {
  name: string;
  version: string;
  needs: string[];
  provides: string[];
  readonly files: string[];
}

export const apk: Cataloguer = {
  ecosystem: "apk",
  kind: "system",
  endings: ["installed", "world"],
  wants: (path) => path === world || database.test(path),
  catalogue(files) {
    const packages: FoundPackage[] = [];
    const troubles: { path: string; why: string }[] = [];
    const asked = files.has(world) ? new Set(wordsOf(files.text(world) ?? "").map(bareName)) : undefined;
    for (const path of files.paths) {
      if (!database.test(path)) continue;
      const records = recordsIn(files.text(path) ?? "");
      const sound = records.filter((it) => it.name !== "");
      if (sound.length < records.length)
        troubles.push({ path, why: `${records.length - sound.length} records of packages have no name` });
      if (records.length === 0 && parentOf(path) !== "")
        troubles.push({ path, why: "the database of installed packages is empty" });
      const edges = edgesTo(sound);
      for (const { name, version, needs, files: own } of sound) {
        packages.push({
          ecosystem: "apk",
          name,
          version,
          files: own,
          dependsOn: edges(
            needs.filter((it) => !it.startsWith("!")).map((it) => [bareName(it)]),
            name,
          ),
          requested: asked?.has(name) ?? null,
        });
      }
    }
    return { packages, troubles };
  },
};

function recordsIn(text: string): readonly Record[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const res: Record = { name: "", version: "", needs: [], provides: [], files: [] };
    let folder = "";
    for (const line of block.split("\n")) {
      const value = line.slice(2);
      switch (line.slice(0, 2)) {
        case "P:":
          res.name = value;
          break;
        case "V:":
          res.version = value;
          break;
        case "D:":
          res.needs = wordsOf(value);
          break;
        case "p:":
          res.provides = wordsOf(value).map(bareName);
          break;
        case "F:":
          folder = value;
          break;
        case "R:":
          res.files.push(folder === "" ? value : `${folder}/${value}`);
          break;
        default:
      }
    }
    return block.trim() === "" ? [] : [res];
  });
}

/** `name>=1.2`, `so:libc.so=1`, `name@edge` without what follows the name. */
const bareName = (word: string): string => word.replace(/[<>=~@].*$/, "");

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((it) => it !== "");
