import type { Cataloguer, FoundPackage } from "./cataloguer.ts";

const status = "var/lib/dpkg/status";
const distrolessStatus = /^var\/lib\/dpkg\/status\.d\/[^/]+$/;
const list = /^var\/lib\/dpkg\/info\/([^/]+)\.list$/;
const states = "var/lib/apt/extended_states";

/** Debian's packages: the status file with the file lists, or the status.d folder of distroless images. */
export const dpkg: Cataloguer = {
  ecosystem: "deb",
  wants: (path) => path === status || path === states || list.test(path) || distrolessStatus.test(path),
  catalogue(files) {
    const automatic = automaticPackages(files.text(states) ?? "");
    const packages: FoundPackage[] = [];
    const troubles: { path: string; why: string }[] = [];
    const lists = new Map<string, string>();
    for (const path of files.paths) {
      const name = list.exec(path)?.[1];
      if (name !== undefined) lists.set(name, files.text(path) ?? "");
    }
    for (const path of files.paths) {
      if (path !== status && !distrolessStatus.test(path)) continue;
      for (const stanza of (files.text(path) ?? "").split(/\n\n+/)) {
        const field = (name: string): string | undefined =>
          new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1]?.trim();
        const [name, version] = [field("Package"), field("Version")];
        if (name === undefined || (path === status && !(field("Status") ?? "").endsWith(" installed")))
          continue;
        const listed = lists.get(name) ?? lists.get(`${name}:${field("Architecture") ?? ""}`);
        if (listed === undefined && path === status) {
          troubles.push({ path, why: `the package ${name} has no list of files` });
        }
        packages.push({
          ecosystem: "deb",
          name,
          version: version ?? "",
          files: (listed ?? "").split("\n").flatMap((it) => (it.length > 1 ? [it.slice(1)] : [])),
          dependsOn: namesIn(`${field("Depends") ?? ""},${field("Pre-Depends") ?? ""}`),
          requested: files.has(states) ? !automatic.has(name) : null,
        });
      }
    }
    return { packages, troubles };
  },
};

const automaticPackages = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^Package: (\S+)\n(?:.+\n)*?Auto-Installed: 1$/gm)].map((it) => it[1] ?? ""));

const namesIn = (field: string): readonly string[] =>
  field.split(",").flatMap((it) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(it.split("|")[0] ?? "")?.[1] ?? []);
