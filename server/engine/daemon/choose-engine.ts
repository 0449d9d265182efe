import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../../protocol/requests.ts";
import { fieldsOf, jsonOf, textOr } from "../records.ts";
import { dockerFolder, type Endpoint, endpointOf, tlsFromEnvironment, tlsIn } from "./endpoint.ts";
import { firstOpenSocket, usualSockets } from "./usual-sockets.ts";

/** What the user's settings say; empty: nothing. */
export interface EngineChoice {
  /** An address as in DOCKER_HOST. */
  readonly host: string;
  /** The name of a docker context. */
  readonly context: string;
}

export const noChoice: EngineChoice = { host: "", context: "" };

export interface ChosenEngine {
  readonly endpoint: Endpoint;
  readonly address: string;
  /** Where the choice came from, for "the engine at X, chosen by …". */
  readonly from: string;
}

export type Chosen =
  | { readonly ok: true; readonly engine: ChosenEngine }
  | { readonly ok: false; readonly problem: Problem };

export const hostSetting = "plimsoll.engine.host";
const contextSetting = "plimsoll.engine.context";

/** What a person can do about a wrong engine. */
export const howToChoose = `the setting ${hostSetting} or ${contextSetting}, DOCKER_HOST, or docker context use`;

/**
 * Which engine to ask, as the docker command decides it: the settings, DOCKER_HOST, DOCKER_CONTEXT, the current
 * context, and then the first usual socket that answers. Nothing is asked of an engine.
 */
export async function chooseEngine(choice: EngineChoice, environment: NodeJS.ProcessEnv): Promise<Chosen> {
  if (choice.host !== "") return byAddress(choice.host, `the setting ${hostSetting}`, environment);
  if (choice.context !== "") {
    return byContext(choice.context, `the setting ${contextSetting}`, contextSetting, environment);
  }
  const host = environment["DOCKER_HOST"] ?? "";
  if (host !== "") return byAddress(host, "DOCKER_HOST", environment);
  const named = environment["DOCKER_CONTEXT"] ?? "";
  if (named !== "") return byContext(named, "DOCKER_CONTEXT", contextSetting, environment);
  const current = await currentContext(environment);
  if (current !== "") {
    return byContext(current, `docker context use (${current})`, contextSetting, environment);
  }
  return byUsualSocket(environment);
}

async function byAddress(address: string, from: string, environment: NodeJS.ProcessEnv): Promise<Chosen> {
  const endpoint = endpointOf(address, await tlsFromEnvironment(environment));
  return endpoint === undefined
    ? refused(
        `${address}, chosen by ${from}, is no address of an engine: write unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.`,
        hostSetting,
      )
    : { ok: true, engine: { endpoint, address, from } };
}

async function byContext(
  name: string,
  from: string,
  setting: string,
  environment: NodeJS.ProcessEnv,
): Promise<Chosen> {
  if (name === "default") return byUsualSocket(environment);
  // The context store names folders by the hash of the context's name.
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(dockerFolder(environment), "contexts");
  const meta = await readFile(join(contexts, "meta", id, "meta.json"), "utf8").catch(() => undefined);
  if (meta === undefined) {
    return refused(
      `There is no docker context "${name}", which ${from} names: docker context ls lists them; choose with ${howToChoose}.`,
      setting,
    );
  }
  const docker = fieldsOf(fieldsOf(fieldsOf(jsonOf(meta))["Endpoints"])["docker"]);
  const address = textOr(docker["Host"], "");
  const tls = await tlsIn(join(contexts, "tls", id, "docker"), docker["SkipTLSVerify"] !== true);
  const secured = tls.ca !== undefined || tls.cert !== undefined || docker["SkipTLSVerify"] === true;
  const endpoint = endpointOf(address, secured ? tls : undefined);
  return endpoint === undefined
    ? refused(
        `The docker context "${name}", which ${from} names, has no address of an engine that can be used: choose another with ${howToChoose}.`,
        setting,
      )
    : { ok: true, engine: { endpoint, address, from: `the docker context "${name}" (${from})` } };
}

async function byUsualSocket(environment: NodeJS.ProcessEnv): Promise<Chosen> {
  const places = usualSockets(environment);
  const path = (await firstOpenSocket(places)) ?? places[0] ?? "";
  const scheme = process.platform === "win32" ? "npipe" : "unix";
  return {
    ok: true,
    engine: {
      endpoint: { kind: "socket", path },
      address: `${scheme}://${path}`,
      from: "trying the usual places, as nothing names an engine",
    },
  };
}

async function currentContext(environment: NodeJS.ProcessEnv): Promise<string> {
  const text = await readFile(join(dockerFolder(environment), "config.json"), "utf8").catch(() => "");
  return textOr(fieldsOf(jsonOf(text))["currentContext"], "");
}

const refused = (message: string, setting: string): Chosen => ({
  ok: false,
  problem: { message, retry: false, setting },
});
