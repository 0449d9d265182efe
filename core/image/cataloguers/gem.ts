/**
 * Ruby gems: HOME/specifications/NAME-VERSION[-PLATFORM].gemspec, written by RubyGems when it installs, and a folder of
 * the same name below HOME/gems. Gems that Bundler takes from a repository bring their own specification along.
 */
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";
import { edgesTo, nameOf, parentOf } from "./metadata.ts";

const specification = /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/;
const bundled = /(?:^|\/)bundler\/gems\/[^/]+\/[^/]+\.gemspec$/;

export const gem: Cataloguer = {
  ecosystem: "gem",
  kind: "language",
  endings: [".gemspec"],
  wants: (path) => path.endsWith(".gemspec") && (specification.test(path) || bundled.test(path)),
  catalogue(files) {
    const troubles: { path: string; why: string }[] = [];
    const found = [...files.paths].flatMap((path) => {
      if (!path.endsWith(".gemspec") || !(specification.test(path) || bundled.test(path))) return [];
      const text = files.text(path) ?? "";
      const name = /^\s*\w+\.name\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
      if (name === undefined) troubles.push({ path, why: "no name in this specification of a gem" });
      return name === undefined ? [] : [{ path, text, name }];
    });
    const edges = edgesTo(found.map(({ name }) => ({ name, provides: [] })));
    const packages = found.map(
      ({ path, text, name }): FoundPackage => ({
        ecosystem: "gem",
        name,
        version: /\.version\s*=\s*(?:Gem::Version\.new\s*\(?\s*)?["']([^"']+)["']/.exec(text)?.[1] ?? "",
        files: filesOf(path),
        folders: foldersOf(path),
        dependsOn: edges(
          [...text.matchAll(/\.add_(?:runtime_)?dependency\s*\(?\s*(?:%q<([^>]+)>|["']([^"']+)["'])/g)].map(
            (it) => [it[1] ?? it[2] ?? ""],
          ),
          name,
        ),
        requested: null,
      }),
    );
    return { packages, troubles };
  },
};

/** The specification, and the packed gem that RubyGems keeps of it. */
function filesOf(path: string): readonly string[] {
  const home = parentOf(parentOf(path));
  return [path, `${home}/cache/${nameOf(path).replace(/\.gemspec$/, ".gem")}`];
}

/** Default gems lie among Ruby's own files and have no folder; then the folder is simply not there. */
function foldersOf(path: string): readonly string[] {
  if (bundled.test(path)) return [parentOf(path)];
  const full = nameOf(path).replace(/\.gemspec$/, "");
  const home = parentOf(parentOf(path));
  return [`${home}/gems/${full}`, `${home}/doc/${full}`, `${home}/build_info/${full}.info`];
}
