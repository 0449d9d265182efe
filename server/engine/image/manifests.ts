import { posix } from "node:path";
import type { Trouble } from "../../../core/image/analysis.ts";
import type { HistoryEntry } from "../../../core/image/layer.ts";
import { annotatedBase, type ListedLayers, sharedLayers } from "./annotated-base.ts";

/** Which image of an archive or a layout is meant, and where its parts lie. */
export interface Manifest {
  readonly config: string;
  /** Paths of the layers' files, lowest first. */
  readonly layers: readonly string[];
  readonly reference: string | undefined;
  /** The base that its annotations name, where that is in the same store: its lowest so many layers. */
  readonly base?: { readonly name: string; readonly layers: number };
  /** Of its layers, those that only their makers hand out (Windows' own). */
  readonly foreign?: ReadonlySet<string>;
  readonly troubles: readonly Trouble[];
}

/** The documents of a saved image, by path; undefined where there is none. */
export type Documents = (path: string) => string | undefined;

type Json = Readonly<Record<string, unknown>>;

/** `platform`: `os/architecture[/variant]`, empty for the host's or the only one. A text: why there is no image. */
export function manifestOf(documents: Documents, platform: string): Manifest | string {
  const index = jsonIn(documents("index.json"));
  const docker = dockerManifest(documents, platform);
  const known = typeof docker === "object" ? docker : undefined;
  // Engines since 25 write both: the index knows of platforms and attestations, the other one people's names.
  const oci = index === undefined ? undefined : ociManifest(documents, index, platform, known?.config);
  if (typeof oci === "object") return { ...oci, reference: known?.reference ?? oci.reference };
  const none = "there is no manifest in it, so it is not an image saved by Docker, Podman or an OCI tool";
  return known ?? oci ?? docker ?? none;
}

/** `manifest.json` of `docker save`, old and new. */
function dockerManifest(documents: Documents, platform: string): Manifest | string | undefined {
  const list: unknown = parsed(documents("manifest.json"));
  if (isRecord(list)) return folderManifest(list, platform, documents);
  const found = recordsIn(list).flatMap((it) => {
    const config = it["Config"];
    if (typeof config !== "string") return [];
    return [
      {
        config,
        layers: textsIn(it["Layers"]),
        names: textsIn(it["RepoTags"]),
        platform: platformAt(documents, config),
      },
    ];
  });
  const chosen = platform === "" ? found[0] : found.find((it) => isFor(it.platform, platform));
  if (chosen === undefined)
    return found.length === 0
      ? undefined
      : absent(
          platform,
          found.map((it) => it.platform),
        );
  const { config, layers, names } = chosen;
  const others = found.filter((it) => it !== chosen).map((it) => it.names[0] ?? it.config);
  const troubles =
    others.length === 0
      ? []
      : [{ path: "manifest.json", why: `other images are in it too: ${others.join(", ")}` }];
  return { config, layers, reference: names[0], troubles };
}

/** The `dir:` of Skopeo and `docker-dir` of Podman: one manifest of a registry, with its blobs beside it. */
function folderManifest(
  manifest: Json,
  platform: string,
  documents: Documents,
): Manifest | string | undefined {
  const nameOf = (it: unknown): string => String(recordIn(it)?.["digest"]).replace(/^[a-z0-9]+:/, "");
  if (recordIn(manifest["config"]) === undefined) return undefined;
  const config = nameOf(manifest["config"]);
  const own = platformAt(documents, config);
  if (platform !== "" && !isFor(own, platform)) return absent(platform, [own]);
  return { config, layers: recordsIn(manifest["layers"]).map(nameOf), reference: undefined, troubles: [] };
}

interface Candidate {
  readonly path: string;
  readonly manifest: Json;
  readonly config: string;
  readonly platform: string;
  readonly reference: string | undefined;
  /** Of what points to it. */
  readonly annotations: unknown;
}

/** `index.json` of an OCI layout, through indexes in it. Undefined: it names no manifest at all. */
function ociManifest(
  documents: Documents,
  index: Json,
  platform: string,
  preferred: string | undefined,
): Manifest | string | undefined {
  const troubles: Trouble[] = [];
  const candidates = candidatesIn(documents, index, troubles);
  if (candidates.length === 0) return undefined;
  const chosen = chosenOf(candidates, platform, preferred);
  if (typeof chosen === "string") return chosen;
  const { manifest, reference, config } = chosen;
  const layers = recordsIn(manifest["layers"]).map((it) => pathOf(it["digest"]));
  const base = baseOf(documents, chosen);
  const foreign = new Set(
    recordsIn(manifest["layers"])
      .filter(isForeign)
      .map((it) => pathOf(it["digest"])),
  );
  const others = candidates.filter((it) => it.path !== chosen.path);
  const platforms = new Set(others.map((it) => it.platform).filter((it) => it !== chosen.platform));
  if (platforms.size > 0) {
    const why = `read for ${chosen.platform}; there is also ${[...platforms].join(", ")} (--platform chooses)`;
    troubles.push({ path: "index.json", why });
  }
  const images = others.filter((it) => it.platform === chosen.platform).map((it) => it.reference ?? it.path);
  if (images.length > 0)
    troubles.push({ path: "index.json", why: `other images are in it too: ${images.join(", ")}` });
  return { config, layers, reference, foreign, troubles, ...(base === undefined ? {} : { base }) };
}

/** By the media types of Docker and of OCI. */
export const isForeign = ({ mediaType }: Json): boolean =>
  typeof mediaType === "string" && /\.foreign\.|\.nondistributable\./.test(mediaType);

/** Where the base's manifest is among the documents, or the index that holds it. */
function baseOf(
  documents: Documents,
  { manifest, annotations, platform, config }: Candidate,
): Manifest["base"] | undefined {
  const named = annotatedBase(annotations, manifest["annotations"]);
  if (named === undefined || documents(pathOf(named.digest)) === undefined) return undefined;
  const candidates = candidatesIn(documents, { manifests: [{ digest: named.digest }] }, []);
  const chosen = candidates.find((it) => isFor(it.platform, platform));
  const listed = (it: Json, at: string): ListedLayers => ({
    digests: recordsIn(it["layers"]).map((layer) => String(layer["digest"])),
    diffIds: configIn(documents(at))?.diffIds ?? [],
  });
  const layers = chosen && sharedLayers(listed(chosen.manifest, chosen.config), listed(manifest, config));
  return layers === undefined ? undefined : { name: named.name, layers };
}

const deepestIndex = 4;
const mostManifests = 1_000;

function candidatesIn(documents: Documents, top: Json, troubles: Trouble[]): readonly Candidate[] {
  const res: Candidate[] = [];
  const visit = (index: Json, outer: string | undefined, depth: number): void => {
    for (const descriptor of recordsIn(index["manifests"])) {
      if (res.length >= mostManifests) return;
      const path = pathOf(descriptor["digest"]);
      const reference = nameIn(descriptor) ?? outer;
      const skip = (why: string): void => {
        if (troubles.length < mostManifests) troubles.push({ path, why });
      };
      if (isAttestation(descriptor)) {
        skip("an attestation, no image: not read");
        continue;
      }
      const manifest = jsonIn(documents(path));
      if (manifest === undefined) {
        const platform = platformIn(recordIn(descriptor["platform"]) ?? {});
        skip(`the manifest${platform === "" ? "" : ` for ${platform}`} is not there`);
      } else if (recordsIn(manifest["manifests"]).length > 0) {
        if (depth < deepestIndex) visit(manifest, reference, depth + 1);
      } else if (!isImage(manifest)) skip("a manifest of something else than an image: not read");
      else {
        const config = pathOf(recordIn(manifest["config"])?.["digest"]);
        const named = platformIn(recordIn(descriptor["platform"]) ?? {});
        const { annotations } = descriptor;
        const platform = named || platformAt(documents, config);
        res.push({ path, manifest, config, platform, reference, annotations });
      }
    }
  };
  visit(top, undefined, 0);
  return res;
}

/** BuildKit's statements about a build are manifests for a platform that does not exist. */
function isAttestation(descriptor: Json): boolean {
  const platform = recordIn(descriptor["platform"]);
  const kind = recordIn(descriptor["annotations"])?.["vnd.docker.reference.type"];
  return platform?.["os"] === "unknown" || kind === "attestation-manifest";
}

/** Signatures, charts and the like have configs of their own kinds. */
function isImage(manifest: Json): boolean {
  const type = recordIn(manifest["config"])?.["mediaType"];
  if (manifest["artifactType"] !== undefined) return false;
  return (
    typeof type !== "string" ||
    type === "" ||
    type === "application/vnd.oci.image.config.v1+json" ||
    type === "application/vnd.docker.container.image.v1+json"
  );
}

function chosenOf(
  candidates: readonly Candidate[],
  platform: string,
  preferred: string | undefined,
): Candidate | string {
  if (platform !== "") {
    const found = candidates.find((it) => isFor(it.platform, platform));
    return (
      found ??
      absent(
        platform,
        candidates.map((it) => it.platform),
      )
    );
  }
  const known = candidates.find((it) => it.config === preferred);
  if (known !== undefined) return known;
  const host = candidates.find((it) => isFor(it.platform, hostPlatform()));
  return host ?? candidates[0] ?? "there is no image in it";
}

function absent(platform: string, there: readonly string[]): string {
  const names = [...new Set(there.map((it) => it || "an unnamed one"))];
  return `it holds no image for ${platform}; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
}

/** A variant counts only where both name one. */
export function isFor(platform: string, wanted: string): boolean {
  const [os, architecture, variant = ""] = platform.split("/");
  const [wantedOs, wantedArchitecture, wantedVariant = ""] = wanted.split("/");
  return (
    os === wantedOs &&
    architecture === wantedArchitecture &&
    (wantedVariant === "" || variant === "" || variant === wantedVariant)
  );
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", loong64: "loong64" };

/** Images are of Linux on whatever system this runs. */
const hostPlatform = (): string => `linux/${architectures[process.arch] ?? process.arch}`;

function nameIn(descriptor: Json): string | undefined {
  const annotations = recordIn(descriptor["annotations"]);
  const name =
    annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
  return typeof name === "string" ? name : undefined;
}

const pathOf = (digest: unknown): string => `blobs/${String(digest).replace(":", "/")}`;

export const idOf = (config: string): string => `sha256:${posix.basename(config).replace(/\.json$/, "")}`;

export function platformIn(config: Json): string {
  const parts = [
    config["os"] ?? config["Os"],
    config["architecture"] ?? config["Architecture"],
    config["variant"],
  ];
  return parts.filter((it) => typeof it === "string" && it !== "").join("/");
}

const platformAt = (documents: Documents, config: string): string =>
  platformIn(jsonIn(documents(config)) ?? {});

export interface ImageConfig {
  readonly platform: string;
  readonly history: readonly HistoryEntry[];
  readonly diffIds: readonly string[];
}

export function configIn(text: string | undefined): ImageConfig | undefined {
  const config = jsonIn(text);
  if (config === undefined) return undefined;
  return {
    platform: platformIn(config),
    history: recordsIn(config["history"]).map((it) => ({
      createdBy: typeof it["created_by"] === "string" ? it["created_by"] : "",
      emptyLayer: it["empty_layer"] === true,
    })),
    diffIds: textsIn(recordIn(config["rootfs"])?.["diff_ids"]),
  };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const jsonIn = (text: string | undefined): Json | undefined => recordIn(parsed(text));
const recordIn = (it: unknown): Json | undefined => (isRecord(it) ? it : undefined);
const recordsIn = (it: unknown): readonly Json[] => (Array.isArray(it) ? it.filter(isRecord) : []);

const textsIn = (it: unknown): readonly string[] =>
  Array.isArray(it) ? it.filter((one) => typeof one === "string") : [];

const isRecord = (it: unknown): it is Json => typeof it === "object" && it !== null && !Array.isArray(it);
