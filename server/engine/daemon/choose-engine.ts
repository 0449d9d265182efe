import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Problem } from "../../../protocol/requests.ts";
import { fieldsOf, jsonOf, textOr } from "../records.ts";
import { regularText } from "../regular-file.ts";
import { dockerFolder, type Endpoint, endpointOf, tlsFromEnvironment, tlsIn } from "./endpoint.ts";
import { firstOpenSocket, usualSockets } from "./usual-sockets.ts";

/** What the user's settings say; empty: nothing. */
export interface EngineChoice {
  /** An address as in DOCKER_HOST. */
  readonly host: string;
  /** The name of a docker context. */
  readonly context: string;
  /** There are no settings to choose by: somebody sits at a terminal. */
  readonly terminal?: true;
}

/** Of the command line. */
export const noSettings: EngineChoice = { host: "", context: "", terminal: true };

export interface ChosenEngine {
  readonly endpoint: Endpoint;
  readonly address: string;
  /** Where the choice came from, for "the engine at X, chosen by …". */
  readonly from: string;
  /** What a person can do to choose another. */
  readonly howToChoose: string;
}

export type Chosen =
  | { readonly ok: true; readonly engine: ChosenEngine }
  | { readonly ok: false; readonly problem: Problem };

export const hostSetting = "plimsoll.engine.host";
const contextSetting = "plimsoll.engine.context";

/** What a person can do about a wrong engine. */
const howToChoose = ({ terminal }: EngineChoice): string =>
  terminal === true
    ? "DOCKER_HOST or docker context use"
    : `the setting ${hostSetting} or ${contextSetting}, DOCKER_HOST, or docker context use`;

/**
 * Which engine to ask, as the docker command decides it: the settings, DOCKER_HOST, DOCKER_CONTEXT, the current
 * context, and then the first usual socket that answers. Nothing is asked of an engine.
 */
export async function chooseEngine(choice: EngineChoice, environment: NodeJS.ProcessEnv): Promise<Chosen> {
  const ways: Ways = { environment, howToChoose: howToChoose(choice) };
  if (choice.host !== "") return byAddress(choice.host, `the setting ${hostSetting}`, ways);
  if (choice.context !== "") return byContext(choice.context, `the setting ${contextSetting}`, ways);
  const host = environment["DOCKER_HOST"] ?? "";
  if (host !== "") return byAddress(host, "DOCKER_HOST", ways);
  const named = environment["DOCKER_CONTEXT"] ?? "";
  if (named !== "") return byContext(named, "DOCKER_CONTEXT", ways);
  const current = await currentContext(environment);
  return current === "" ? byUsualSocket(ways) : byContext(current, `docker context use (${current})`, ways);
}

interface Ways {
  readonly environment: NodeJS.ProcessEnv;
  readonly howToChoose: string;
}

async function byAddress(address: string, from: string, ways: Ways): Promise<Chosen> {
  const { environment, howToChoose } = ways;
  const endpoint = endpointOf(address, await tlsFromEnvironment(environment));
  return endpoint === undefined
    ? refused(
        `${address}, chosen by ${from}, is no address of an engine: write unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.`,
        hostSetting,
      )
    : { ok: true, engine: { endpoint, address, from, howToChoose } };
}

async function byContext(name: string, from: string, ways: Ways): Promise<Chosen> {
  const { environment, howToChoose } = ways;
  if (name === "default") return byUsualSocket(ways);
  // The context store names folders by the hash of the context's name.
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(dockerFolder(environment), "contexts");
  const meta = await regularText(join(contexts, "meta", id, "meta.json")).catch(() => undefined);
  if (meta === undefined) {
    return refused(
      `There is no docker context "${name}", which ${from} names: docker context ls lists them; choose with ${howToChoose}.`,
      contextSetting,
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
        contextSetting,
      )
    : {
        ok: true,
        engine: { endpoint, address, from: `the docker context "${name}" (${from})`, howToChoose },
      };
}

async function byUsualSocket({ environment, howToChoose }: Ways): Promise<Chosen> {
  const places = usualSockets(environment);
  const path = (await firstOpenSocket(places)) ?? places[0] ?? "";
  const scheme = process.platform === "win32" ? "npipe" : "unix";
  return {
    ok: true,
    engine: {
      endpoint: { kind: "socket", path },
      address: `${scheme}://${path}`,
      from: "trying the usual places, as nothing names an engine",
      howToChoose,
    },
  };
}

async function currentContext(environment: NodeJS.ProcessEnv): Promise<string> {
  const text = await regularText(join(dockerFolder(environment), "config.json")).catch(() => "");
  return textOr(fieldsOf(jsonOf(text))["currentContext"], "");
}

const refused = (message: string, setting: string): Chosen => ({
  ok: false,
  problem: { message, retry: false, setting },
});
