/** An image of one layer, from a table of its files: what cataloguers and owners are asked about. */
import { type Attribution, attribute, type SizedFiles } from "../../../core/image/attribution.ts";
import { wantedEndings, wantsIn, wantsText } from "../../../core/image/cataloguers/all.ts";
import type { WantedFiles } from "../../../core/image/cataloguers/cataloguer.ts";
import { probeContent } from "../../../core/image/probe.ts";
import { type FileFacts, probeOf } from "../../../core/image/probes.ts";

/** A number: a file of so many bytes that nobody reads. `to`: a symbolic link. `same`: a further name of another file. */
export type SmallFile = string | Uint8Array | number | { readonly to: string } | { readonly same: string };

export function smallImage(table: Readonly<Record<string, SmallFile>>): Attribution {
  const nodes = [""];
  const numbers = new Map([["", 0]]);
  const numberOf = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    if (path.includes("/")) numberOf(path.slice(0, path.lastIndexOf("/")));
    nodes.push(path);
    numbers.set(path, nodes.length - 1);
    return nodes.length - 1;
  };
  const links = new Map<string, string>();
  const sizes: number[] = [];
  const facts: (FileFacts | undefined)[] = [];
  const contents = new Map<string, Uint8Array>();
  const versions = new Map<number, number>();
  for (const [path, file] of Object.entries(table)) {
    const node = numberOf(path);
    if (typeof file === "object" && "to" in file) links.set(path, file.to);
    else if (typeof file === "object" && "same" in file)
      versions.set(node, versions.get(numberOf(file.same)) ?? -1);
    else {
      const content = typeof file === "number" ? undefined : Buffer.from(file);
      const size = typeof file === "number" ? file : (content?.length ?? 0);
      versions.set(node, sizes.length);
      sizes.push(size);
      const probe = content === undefined ? undefined : probeOf(path, size);
      facts.push(
        probe && probeContent(probe, (at, length) => (content ?? Buffer.alloc(0)).subarray(at, at + length)),
      );
      if (content !== undefined && isAsked(path) && wantsText(path)) contents.set(path, content);
    }
  }
  const resolved = (path: string): string => {
    let at = "";
    const parts = path.split("/").reverse();
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "";
      else at = at === "" ? part : `${at}/${part}`;
      const to = parts.length > 0 ? links.get(at) : undefined;
      if (to === undefined) continue;
      at = to.startsWith("/") ? "" : at.slice(0, Math.max(0, at.lastIndexOf("/")));
      parts.push(...to.split("/").reverse());
    }
    return at;
  };
  const files: SizedFiles = {
    versions: sizes.length,
    nodes: nodes.length,
    resolve: (path) => numbers.get(resolved(path)),
    versionAt: (node) => versions.get(node),
    parentOf: (node) => numbers.get(nodes[node]!.slice(0, Math.max(0, nodes[node]!.lastIndexOf("/")))) ?? 0,
    nameOf: (node) => nodes[node]!.slice(nodes[node]!.lastIndexOf("/") + 1),
    pathOf: (node) => nodes[node]!,
    sizeOf: (version) => sizes[version]!,
    layerOf: () => 0,
    isHidden: () => false,
    factsOf: (version) => facts[version],
  };
  const wanted: WantedFiles = {
    paths: [...contents.keys()],
    has: (path) => contents.has(path),
    bytes: (path) => contents.get(path),
    text: (path) => {
      const it = contents.get(path);
      return it === undefined ? undefined : Buffer.from(it).toString("utf8");
    },
  };
  return attribute(files, wanted);
}

/** As an image's files are: by the endings of names and by folders first. */
function isAsked(path: string): boolean {
  const name = Buffer.from(path.slice(path.lastIndexOf("/") + 1));
  return wantedEndings.fit(name, 0, name.length) || wantsIn(path.slice(0, path.lastIndexOf("/") + 1));
}

/** `NAME VERSION BYTES`, then `> NAME` for each edge, then `asked` or `pulled in`; the rest without an owner is left out. */
export const ownedIn = (table: Readonly<Record<string, SmallFile>>): string[] =>
  smallImage(table)
    .packages.filter((it) => it.ecosystem !== "none" && it.bytes > 0)
    .map(({ name, version, bytes, dependsOn, requested }) =>
      [
        `${name} ${version} ${bytes}`,
        ...dependsOn.map((it) => `> ${it}`),
        ...(requested === null ? [] : [requested ? "asked" : "pulled in"]),
      ].join(" "),
    )
    .sort();
