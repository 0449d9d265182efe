import { createHash } from "node:crypto";
import type { ProxySettings } from "../http/proxy.ts";
import { fieldsOf, jsonOf, textOr } from "../records.ts";
import { type Challenge, challengeOf } from "./challenge.ts";
import { type Credentials, credentialsFor } from "./credentials.ts";
import { type Fetch, proxiedFetch } from "./proxied-fetch.ts";
import type { Reference } from "./reference.ts";

/** Trouble with a registry, as a sentence's end: "The registry X …". */
export class RegistryError extends Error {}

const longestDocument = 16 << 20;
/** A transfer that breaks off goes on where it stopped, this often without a byte in between. */
const mostTries = 4;
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

export interface RegistryOptions {
  /** Hosts that may be spoken to without TLS; this machine may always. */
  readonly insecure: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Of the editor; it counts where the environment names no proxy. */
  readonly proxy: ProxySettings;
  /** Aborting closes every connection. */
  readonly signal?: AbortSignal;
}

/** One repository of a registry, by the distribution protocol. Only GETs. */
export class Registry {
  readonly #reference: Reference;
  readonly #options: RegistryOptions;
  readonly #fetch: Fetch;
  #root: string | undefined;
  #authorization: string | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;

  /** `authorization`: with which it answered before. */
  constructor(reference: Reference, options: RegistryOptions, authorization?: string) {
    this.#reference = reference;
    this.#options = options;
    this.#authorization = authorization;
    this.#fetch = proxiedFetch(options.environment, options.proxy, options.signal);
  }

  /** Value of the header with which it answers; undefined: it wants none, or was not asked. */
  get authorization(): string | undefined {
    return this.#authorization;
  }

  /** A manifest or an index, by tag or digest. */
  async manifest(version: string): Promise<{ readonly text: string; readonly digest: string }> {
    const answer = await this.#get(`manifests/${version}`, { Accept: manifestTypes });
    const body = await this.#bodyOf(answer);
    return { text: body.toString("utf8"), digest: checked(body, version) };
  }

  async document(digest: string): Promise<string> {
    const body = await this.#bodyOf(await this.#get(`blobs/${digest}`));
    checked(body, digest);
    return body.toString("utf8");
  }

  /** A blob as it arrives; throws at its end where it is not what the digest says. */
  async *blob(digest: string): AsyncGenerator<Uint8Array> {
    const [algorithm = ""] = digest.split(":");
    const hash = createHash(algorithm);
    let done = 0;
    for (let tries = 0; ; tries += 1) {
      const before = done;
      try {
        const answer = await this.#get(`blobs/${digest}`, done === 0 ? {} : { Range: `bytes=${done}-` });
        // A registry without ranges sends it all again.
        let skip = answer.status === 206 ? 0 : done;
        for await (const chunk of answer.body ?? []) {
          const rest = chunk.subarray(Math.min(skip, chunk.length));
          skip -= chunk.length - rest.length;
          if (rest.length === 0) continue;
          hash.update(rest);
          done += rest.length;
          yield rest;
        }
        break;
      } catch (cause) {
        if (cause instanceof RegistryError) throw cause;
        if (done > before) tries = 0;
        if (tries + 1 >= mostTries) {
          throw new RegistryError(
            `broke the transfer off after ${done} bytes of ${digest}: ${reasonOf(cause)}`,
          );
        }
      }
    }
    if (`${algorithm}:${hash.digest("hex")}` !== digest) throw new RegistryError(mismatch(digest));
  }

  async #bodyOf(answer: Response): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of answer.body ?? []) {
        length += chunk.length;
        if (length > longestDocument) throw new RegistryError("sent a document that is too long");
        pieces.push(chunk);
      }
    } catch (cause) {
      throw cause instanceof RegistryError ? cause : new RegistryError(`broke off: ${reasonOf(cause)}`);
    }
    return Buffer.concat(pieces);
  }

  async #get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    for (let asked = 0; ; asked += 1) {
      const answer = await this.#ask(`/v2/${this.#reference.repository}/${path}`, headers);
      if (answer.ok) return answer;
      await answer.body?.cancel();
      if (answer.status !== 401 || asked > 0) throw new RegistryError(refusal(answer.status, path));
      const challenge = challengeOf(answer.headers.get("www-authenticate") ?? "");
      if (challenge === undefined)
        throw new RegistryError("asks for a login of a kind that is not known here");
      this.#authorization = await this.#answerTo(challenge);
    }
  }

  /** By TLS; by plain HTTP only where that is allowed and TLS is not spoken, which the first request finds out. */
  async #ask(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const ask = (root: string): Promise<Response> =>
      this.#fetch(`${root}${path}`, {
        headers: {
          ...headers,
          ...(this.#authorization === undefined ? {} : { Authorization: this.#authorization }),
        },
      });
    if (this.#root !== undefined) return ask(this.#root);
    const { address } = this.#reference;
    const [secure, plain] = [`https://${address}`, `http://${address}`];
    const roots =
      isThisMachine(address) || this.#options.insecure.includes(address) ? [secure, plain] : [secure];
    let why: unknown;
    for (const root of roots) {
      try {
        const answer = await ask(root);
        this.#root = root;
        return answer;
      } catch (cause) {
        why = cause;
      }
    }
    throw new RegistryError(`cannot be reached: ${reasonOf(why)}`);
  }

  async #answerTo(challenge: Challenge): Promise<string> {
    this.#credentials ??= credentialsFor(this.#reference.host, this.#options.environment).catch(
      (cause: unknown) => {
        throw new RegistryError(`wants a login, and ${reasonOf(cause)}`);
      },
    );
    const credentials = await this.#credentials;
    if (challenge.kind === "bearer") return `Bearer ${await this.#tokenFor(challenge, credentials)}`;
    if (credentials?.kind !== "password")
      throw new RegistryError(`wants a login: docker login ${this.#reference.host}`);
    return basic(credentials.user, credentials.password);
  }

  async #tokenFor(
    { realm, service, scope }: Extract<Challenge, { kind: "bearer" }>,
    credentials: Credentials | undefined,
  ): Promise<string> {
    const place = URL.canParse(realm) ? new URL(realm) : undefined;
    const isSafe = place?.protocol === "https:" || this.#root?.startsWith("http:") === true;
    if (place === undefined || !isSafe) throw new RegistryError(`names no safe place to log in: ${realm}`);
    const wanted = { service, scope: scope === "" ? `repository:${this.#reference.repository}:pull` : scope };
    let answer: Response;
    try {
      if (credentials?.kind === "token") {
        const form = {
          ...wanted,
          grant_type: "refresh_token",
          client_id: "plimsoll",
          refresh_token: credentials.token,
        };
        answer = await this.#fetch(place, { method: "POST", body: new URLSearchParams(form) });
      } else {
        for (const [key, value] of Object.entries(wanted)) place.searchParams.set(key, value);
        answer = await this.#fetch(place, {
          headers:
            credentials === undefined ? {} : { Authorization: basic(credentials.user, credentials.password) },
        });
      }
    } catch (cause) {
      throw new RegistryError(`sends logins to ${place.host}, which cannot be reached: ${reasonOf(cause)}`);
    }
    const said = fieldsOf(jsonOf((await this.#bodyOf(answer)).toString("utf8")));
    const token = textOr(said["token"], "") || textOr(said["access_token"], "");
    if (!answer.ok || token === "") {
      throw new RegistryError(
        credentials === undefined
          ? `wants a login: docker login ${this.#reference.host}`
          : `does not accept the stored login: docker login ${this.#reference.host}`,
      );
    }
    return token;
  }
}

function checked(body: Uint8Array, version: string): string {
  const [algorithm, wanted] = version.includes(":") ? version.split(":") : ["sha256", undefined];
  const found = createHash(algorithm ?? "sha256")
    .update(body)
    .digest("hex");
  if (wanted !== undefined && wanted !== found) throw new RegistryError(mismatch(version));
  return `${algorithm}:${found}`;
}

const mismatch = (digest: string): string => `sent something else than ${digest}`;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function refusal(status: number, path: string): string {
  if (status === 404)
    return path.startsWith("manifests/") ? "does not have this image" : "does not have a part of it";
  if (status === 401 || status === 403) return "does not let this user read it: docker login";
  return status === 429 ? "wants fewer questions for now: try later" : `answered with status ${status}`;
}

const isThisMachine = (address: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(address);

/** fetch hides what happened in the cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
