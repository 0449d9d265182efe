/** What an index lists of one project: the simple API as JSON (PEP 691, 700) and as HTML (PEP 503). */
import { fileNameOf } from "../lock.ts";
import { isTable, listIn, textIn } from "../untyped.ts";
import { compareVersions, isVersion } from "../versions.ts";
import { readWheelName } from "../wheel.ts";

/** A wheel that an index offers. */
export interface IndexedWheel {
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly url: string;
  /** Bytes of the file; only JSON tells it. */
  readonly size: number | undefined;
  readonly requiresPython: string | undefined;
  /** The index has its METADATA beside it, at the address with `.metadata` (PEP 658 and 714). */
  readonly metadata: boolean;
}

/** Versions kept of one project: those that anybody asks for are among the newest. */
const mostVersions = 80;

/** Wheels for Linux of the newest versions, newest first; yanked files (PEP 592) are left out. Undefined: it is no listing. */
export function readListing(
  text: string,
  type: string,
  address: string,
): readonly IndexedWheel[] | undefined {
  const wheels = /json/i.test(type) ? fromJson(text, address) : fromHtml(text, address);
  return wheels && newest(wheels);
}

/** Images are Linux. */
const isLinux = (platform: string): boolean => /^(?:any$|linux_|manylinux|musllinux)/.test(platform);

function newest(wheels: readonly IndexedWheel[]): readonly IndexedWheel[] {
  const usable = wheels.filter((it) => readWheelName(it.name)?.platforms.some(isLinux) === true);
  const versions = [...new Set(usable.map((it) => it.version))].filter(isVersion);
  const kept = versions.sort((a, b) => compareVersions(b, a)).slice(0, mostVersions);
  const place = new Map(kept.map((it, index) => [it, index]));
  const placeOf = (it: IndexedWheel): number => place.get(it.version) ?? mostVersions;
  return usable.filter((it) => place.has(it.version)).sort((a, b) => placeOf(a) - placeOf(b));
}

function fromJson(text: string, address: string): readonly IndexedWheel[] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isTable(read) || !Array.isArray(read["files"])) return undefined;
  return listIn(read, "files").flatMap((it) => {
    if (!isTable(it)) return [];
    const { yanked, size } = it;
    if (yanked === true || (typeof yanked === "string" && yanked !== "")) return [];
    const told = it["core-metadata"] ?? it["dist-info-metadata"];
    return wheelAt(textIn(it, "filename") ?? "", textIn(it, "url") ?? "", address, {
      size: typeof size === "number" && Number.isSafeInteger(size) && size > 0 ? size : undefined,
      requiresPython: textIn(it, "requires-python"),
      metadata: told === true || isTable(told),
    });
  });
}

const anchor = /<a\b([^>]{0,4000})>([^<]{0,500})<\/a>/gi;
const attribute = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;

function fromHtml(text: string, address: string): readonly IndexedWheel[] | undefined {
  if (!/<a\b|<html|<!doctype/i.test(text)) return undefined;
  return [...text.matchAll(anchor)].flatMap(([, inside = "", label = ""]) => {
    const attributes = new Map(
      [...inside.matchAll(attribute)].map(([, name = "", a, b, c]) => [
        name.toLowerCase(),
        unescaped(a ?? b ?? c ?? ""),
      ]),
    );
    if (attributes.has("data-yanked")) return [];
    const url = attributes.get("href") ?? "";
    const told = attributes.get("data-core-metadata") ?? attributes.get("data-dist-info-metadata");
    const name = /\.whl$/i.test(label.trim()) ? unescaped(label.trim()) : fileNameOf(url);
    return wheelAt(name, url, address, {
      size: undefined,
      requiresPython: attributes.get("data-requires-python"),
      metadata: told !== undefined && told !== "false",
    });
  });
}

const references: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => references[name] ?? "");

function wheelAt(
  name: string,
  url: string,
  address: string,
  more: Pick<IndexedWheel, "size" | "requiresPython" | "metadata">,
): readonly IndexedWheel[] {
  const wheel = readWheelName(name);
  const absolute = absoluteAddress(url.replace(/#.*$/, ""), address);
  return wheel === undefined || absolute === undefined
    ? []
    : [{ name, version: wheel.version.replaceAll("_", "-"), url: absolute, ...more }];
}

/** Folders of addresses, without a library for them: `../../packages/x.whl` beside `https://host/simple/x/`. */
export function absoluteAddress(url: string, base: string): string | undefined {
  if (/^https?:\/\//i.test(url)) return url;
  const origin = /^(https?:)\/\/[^/?#]+/i.exec(base);
  if (origin === null || url === "" || /^[a-z][a-z0-9+.-]*:/i.test(url)) return undefined;
  if (url.startsWith("//")) return `${origin[1] ?? "https:"}${url}`;
  if (url.startsWith("/")) return `${origin[0]}${url}`;
  const folders = base
    .slice(origin[0].length)
    .replace(/[?#].*$/, "")
    .split("/")
    .slice(1, -1);
  for (const part of url.split("/")) {
    if (part === "..") folders.pop();
    else if (part !== ".") folders.push(part);
  }
  return `${origin[0]}/${folders.join("/")}`;
}
