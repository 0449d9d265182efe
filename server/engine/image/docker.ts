import type { HistoryStep } from "../../../core/link/layer-steps.ts";
import type { ImageSummary, Problem } from "../../../protocol/requests.ts";
import { chooseEngine, type EngineChoice } from "../daemon/choose-engine.ts";
import { Engine, EngineError } from "../daemon/engine.ts";
import { fieldsOf, recordsIn, textOr, textsIn } from "../records.ts";
import { engineProblem } from "./problems.ts";

export type Opened =
  | { readonly ok: true; readonly engine: Engine }
  | { readonly ok: false; readonly problem: Problem };

/** Chooses an engine; nothing is asked of it yet. */
export async function openEngine(choice: EngineChoice, environment: NodeJS.ProcessEnv): Promise<Opened> {
  const chosen = await chooseEngine(choice, environment);
  return chosen.ok ? { ok: true, engine: new Engine(chosen.engine) } : chosen;
}

export type Listed =
  | { readonly ok: true; readonly images: readonly ImageSummary[]; readonly engine: string }
  | { readonly ok: false; readonly problem: Problem };

/** Newest first; images without a name by their id. */
export async function listImages(choice: EngineChoice, environment: NodeJS.ProcessEnv): Promise<Listed> {
  const opened = await openEngine(choice, environment);
  if (!opened.ok) return opened;
  const { engine } = opened;
  try {
    const found = recordsIn(await engine.json("/images/json"));
    const images = found.flatMap((it): ImageSummary[] => {
      const id = textOr(it["Id"], "");
      const names = textsIn(it["RepoTags"]).filter((name) => name !== "<none>:<none>");
      return (names.length === 0 ? [id] : names).map((reference) => ({
        reference,
        id,
        bytes: numberOf(it["Size"]),
        created: numberOf(it["Created"]),
      }));
    });
    return {
      ok: true,
      images: images.sort((a, b) => b.created - a.created),
      engine: engine.chosen.address,
    };
  } catch (cause) {
    return { ok: false, problem: engineProblem(cause, engine.chosen, undefined) };
  }
}

/** What an engine tells of one image before any of its layers is read. */
export interface ImageFacts {
  readonly id: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
  /** As the engine counts it; zero: it does not tell. */
  readonly size: number;
  /** Oldest first; of content that the engine holds, so they may be believed. */
  readonly diffIds: readonly string[];
  /** Milliseconds since 1970; undefined: not told. */
  readonly created: number | undefined;
  /** The base that its labels name. */
  readonly base: string | undefined;
}

export async function inspectImage(engine: Engine, reference: string): Promise<ImageFacts> {
  const it = fieldsOf(await engine.json(pathOf(reference, "json")));
  const created = Date.parse(textOr(it["Created"], ""));
  return {
    id: textOr(it["Id"], ""),
    os: textOr(it["Os"], ""),
    architecture: textOr(it["Architecture"], ""),
    variant: textOr(it["Variant"], ""),
    size: numberOf(it["Size"]),
    diffIds: textsIn(fieldsOf(it["RootFS"])["Layers"]),
    created: Number.isNaN(created) ? undefined : created,
    base: textOr(fieldsOf(fieldsOf(it["Config"])["Labels"])["org.opencontainers.image.base.name"], undefined),
  };
}

/** Oldest first. Entries without bytes may or may not be layers. None where the engine fails over it. */
export async function historyOf(engine: Engine, reference: string): Promise<readonly HistoryStep[]> {
  const found = await engine.json(pathOf(reference, "history")).catch((cause: unknown) => {
    // Podman 4 does where a step has no date.
    if (cause instanceof EngineError && cause.status === 500) return [];
    throw cause;
  });
  return recordsIn(found)
    .map((it) => ({ createdBy: textOr(it["CreatedBy"], ""), bytes: numberOf(it["Size"]) }))
    .toReversed();
}

/** Since this version of the API one of an image's platforms can be asked for. */
const platformVersion = 48;

/** The image as `docker save` writes it. */
export async function saveImage(engine: Engine, reference: string, it: ImageFacts) {
  const { os, architecture, variant } = it;
  // Without it the containerd store wants to write all platforms, of which it may hold one (docker/cli#5476).
  const platform = { os, architecture, ...(variant === "" ? {} : { variant }) };
  const names = os !== "" && (await engine.version()) >= platformVersion;
  return engine.stream(pathOf(reference, "get"), names ? { platform: JSON.stringify(platform) } : {});
}

/** References hold slashes and colons that belong to the path; anything else of theirs must not leave it. */
const pathOf = (reference: string, what: string): string =>
  `/images/${encodeURIComponent(reference).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@")}/${what}`;

const numberOf = (it: unknown): number =>
  typeof it === "number" && Number.isFinite(it) && it > 0 ? Math.floor(it) : 0;
