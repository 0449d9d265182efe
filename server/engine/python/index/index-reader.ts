import { type IndexAddress, indexesFor, shownAddress } from "../../../../core/python/index/addresses.ts";
import {
  type Addressed,
  emptyKnowledge,
  type IndexKnowledge,
  type KnownWheel,
} from "../../../../core/python/index/knowledge.ts";
import type { IndexNeeds } from "../../../../core/python/index/needs.ts";
import { type IndexedWheel, readListing } from "../../../../core/python/index/simple-api.ts";
import {
  readWheelTail,
  requiresAt,
  requiresIn,
  type WheelTail,
} from "../../../../core/python/index/wheel-directory.ts";
import type { PythonProject } from "../../../../core/python/project.ts";
import { atMost } from "../../at-most.ts";
import { type Answer, type HttpClient, HttpError } from "../../http/client.ts";
import type { IndexCache } from "./index-cache.ts";
import { loginFor } from "./logins.ts";

interface Options {
  readonly client: HttpClient;
  readonly cache: IndexCache;
  readonly variables: NodeJS.ProcessEnv;
}

interface Question {
  readonly indexes: readonly IndexAddress[];
  readonly project: Pick<PythonProject, "origins">;
  /** What is still worth asking for, given what is known. */
  readonly needs: (known: IndexKnowledge) => IndexNeeds;
  readonly signal: AbortSignal;
  /** How many of how many answers are there. */
  readonly progress?: (done: number, all: number) => void;
}

export interface IndexAnswer {
  readonly knowledge: IndexKnowledge;
  /** One sentence for each index or host that could not be asked. */
  readonly troubles: readonly string[];
}

const day = 86_400_000;
/** Files of an index never change; what is rebuilt has another name. */
const always = 365 * day;
const asksAtOnce = 8;
/** Each round may name what the next asks for. */
const mostRounds = 25;
const mostAsks = 1_500;
const longestListing = 64_000_000;
const longestMetadata = 4_000_000;
const firstTail = 48_000;
const listingTypes =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/** Asks package indexes for listings of projects and for the directories of wheels; keeps what they answer. */
export class IndexReader {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async ask(question: Question): Promise<IndexAnswer> {
    const { indexes, project, needs, signal, progress } = question;
    const visit = new Visit(this.#options, indexes, signal);
    const listings = new Map<string, readonly IndexedWheel[]>();
    const wheels = new Map<string, KnownWheel>();
    let [done, asks] = [0, 0];
    for (let round = 0; round < mostRounds && !signal.aborted; round += 1) {
      const wanted = needs({ listings, wheels });
      const open = [
        ...wanted.listings.map((name) => ({ name })),
        ...wanted.wheels.map((wheel) => ({ wheel })),
      ];
      if (open.length === 0) break;
      const some = open.slice(0, mostAsks - asks);
      if (some.length === 0) break;
      asks += some.length;
      await atMost(asksAtOnce, some, async (it) => {
        if (signal.aborted) return;
        if ("name" in it)
          listings.set(it.name, await visit.listing(it.name, indexesFor(it.name, indexes, project)));
        else wheels.set(it.wheel.url, await visit.wheel(it.wheel));
        done += 1;
        progress?.(done, asks);
      });
    }
    return {
      knowledge: listings.size + wheels.size === 0 ? emptyKnowledge : { listings, wheels },
      troubles: visit.troubles,
    };
  }
}

const unknownWheel: KnownWheel = {
  unpacked: undefined,
  pythonBytes: undefined,
  size: undefined,
  requires: undefined,
  modules: [],
};

/** One lookup; a host that cannot be reached is asked no more. */
class Visit {
  readonly #options: Options;
  readonly #indexes: readonly IndexAddress[];
  readonly #signal: AbortSignal;
  readonly #troubles = new Map<string, string>();

  constructor(options: Options, indexes: readonly IndexAddress[], signal: AbortSignal) {
    this.#options = options;
    this.#indexes = indexes.filter((it) => URL.canParse(it.url));
    this.#signal = signal;
  }

  get troubles(): readonly string[] {
    return [...this.#troubles.values()];
  }

  /** Wheels of the first index that has any. */
  async listing(name: string, indexes: readonly IndexAddress[]): Promise<readonly IndexedWheel[]> {
    for (const index of indexes.filter((it) => this.#indexes.includes(it))) {
      const found = await this.#listingAt(name, index);
      if (found.length > 0) return found;
    }
    return [];
  }

  async #listingAt(name: string, index: IndexAddress): Promise<readonly IndexedWheel[]> {
    const address = `${index.url}/${name}/`;
    const key = `listing ${shownAddress(address)}`;
    const kept = await this.#options.cache.read(key, day);
    if (isListing(kept)) return kept;
    const answer = await this.#get(address, {
      headers: { Accept: listingTypes },
      limit: longestListing,
      authorization: await loginFor(index, this.#options.variables),
    });
    // Indexes in a storage service answer 403 for what they do not have.
    const missing = answer?.status === 404 || answer?.status === 403;
    if (answer === undefined || (answer.status !== 200 && !missing)) return [];
    const type = answer.headers["content-type"] ?? "";
    const read = missing ? [] : readListing(answer.body.toString("utf8"), type, withoutLogin(answer.url));
    if (read === undefined) {
      this.#trouble(index.url, "does not answer as a package index does");
      return [];
    }
    await this.#options.cache.write(key, read);
    return read;
  }

  async wheel(wheel: IndexNeeds["wheels"][number]): Promise<KnownWheel> {
    if (!/^https?:\/\//i.test(wheel.url) || !URL.canParse(wheel.url)) return unknownWheel;
    const key = `${wheel.directory ? "wheel" : "metadata"} ${shownAddress(wheel.url)}`;
    const kept = await this.#options.cache.read(key, always);
    if (isKnownWheel(kept)) return kept;
    const found = wheel.directory ? await this.#directory(wheel) : undefined;
    const requires = found?.requires ?? (wheel.metadata ? await this.#metadata(wheel) : undefined);
    const known = { ...unknownWheel, ...found, requires };
    if (found !== undefined || requires !== undefined) await this.#options.cache.write(key, known);
    return known;
  }

  /** By the last bytes of the file, where its host answers to ranges; else its length alone. */
  async #directory({ url, size }: Addressed): Promise<KnownWheel | undefined> {
    let wanted = firstTail;
    for (let turn = 0; turn < 2; turn += 1) {
      const range =
        size === undefined ? `bytes=-${wanted}` : `bytes=${Math.max(0, size - wanted)}-${size - 1}`;
      const answer = await this.#get(url, {
        headers: { Range: range, "Accept-Encoding": "identity" },
        limit: wanted + 1,
        wants: (status) => status === 206,
        authorization: await this.#loginOf(url),
      });
      if (answer?.status === 200) {
        const length = Number(answer.headers["content-length"]);
        return Number.isSafeInteger(length) && length > 0 ? { ...unknownWheel, size: length } : undefined;
      }
      if (answer?.status !== 206) return undefined;
      const whole = Number(/\/(\d+)$/.exec(answer.headers["content-range"] ?? "")?.[1]);
      if (!Number.isSafeInteger(whole) || answer.body.length > whole) return undefined;
      const read = readWheelTail(answer.body, whole);
      if (read.kind === "known") {
        const { wheel, metadata } = read;
        return metadata === undefined ? wheel : { ...wheel, requires: await this.#requiresAt(url, metadata) };
      }
      if (read.kind === "unreadable") return { ...unknownWheel, size: whole };
      wanted = read.bytes;
    }
    return undefined;
  }

  async #requiresAt(
    url: string,
    { from, to, entry }: NonNullable<Extract<WheelTail, { kind: "known" }>["metadata"]>,
  ): Promise<readonly string[] | undefined> {
    if (to - from > longestMetadata) return undefined;
    const answer = await this.#get(url, {
      headers: { Range: `bytes=${from}-${to - 1}`, "Accept-Encoding": "identity" },
      limit: to - from,
      wants: (status) => status === 206,
      authorization: await this.#loginOf(url),
    });
    return answer?.status === 206 ? requiresAt(answer.body, from, entry) : undefined;
  }

  async #metadata({ url }: Addressed): Promise<readonly string[] | undefined> {
    const authorization = await this.#loginOf(url);
    const answer = await this.#get(`${url}.metadata`, { limit: longestMetadata, authorization });
    return answer?.status === 200 ? requiresIn(answer.body.toString("utf8")) : undefined;
  }

  /** Files on an index's own host need its login too. */
  async #loginOf(url: string): Promise<string | undefined> {
    const { origin } = new URL(url);
    const index = this.#indexes.find((it) => new URL(it.url).origin === origin);
    return index && loginFor(index, this.#options.variables);
  }

  async #get(
    address: string,
    options: Omit<Parameters<HttpClient["get"]>[1], "signal">,
  ): Promise<Answer | undefined> {
    const plain = withoutLogin(address);
    const { host } = new URL(plain);
    if (this.#troubles.has(host) || this.#signal.aborted) return undefined;
    try {
      const answer = await this.#options.client.get(plain, { ...options, signal: this.#signal });
      const { status } = answer;
      if (status === 401 || (status === 403 && !address.endsWith("/")))
        this.#trouble(plain, "does not let this user read it");
      else if (status === 429) this.#trouble(plain, "wants fewer questions for now");
      else if (status >= 500) this.#trouble(plain, `answered with status ${status}`);
      return answer;
    } catch (cause) {
      if (!this.#signal.aborted) {
        this.#trouble(plain, cause instanceof HttpError ? cause.message : "cannot be reached");
      }
      return undefined;
    }
  }

  #trouble(address: string, what: string): void {
    const { host } = new URL(address);
    if (!this.#troubles.has(host)) this.#troubles.set(host, `The package index ${host} ${what}.`);
  }
}

function withoutLogin(address: string): string {
  const url = new URL(address);
  [url.username, url.password] = ["", ""];
  return url.href;
}

const isListing = (it: unknown): it is readonly IndexedWheel[] =>
  Array.isArray(it) &&
  it.every((one) => typeof one === "object" && one !== null && "url" in one && typeof one.url === "string");

const isKnownWheel = (it: unknown): it is KnownWheel =>
  typeof it === "object" && it !== null && "modules" in it && Array.isArray(it.modules);
