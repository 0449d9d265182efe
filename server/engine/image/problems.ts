import type { Problem } from "../../../protocol/requests.ts";
import { type ChosenEngine, hostSetting } from "../daemon/choose-engine.ts";
import { EngineError, VersionError } from "../daemon/engine.ts";
import { troubleText } from "../trouble-text.ts";

/** One sentence for what an engine, or the way to it, answered: which engine was asked, why that one, what to do. */
export function engineProblem(
  cause: unknown,
  { address, from, howToChoose }: Omit<ChosenEngine, "endpoint">,
  reference: string | undefined,
): Problem {
  const told = (message: string): Problem => ({ message, retry: true, setting: hostSetting });
  const chosen = `chosen by ${from}`;
  const change = `name another engine with ${howToChoose}`;
  switch (codeOf(cause)) {
    case "ENOENT":
    case "ECONNREFUSED":
      return told(`No Docker engine answers at ${address}: it was ${chosen}; start it, or ${change}.`);
    case "EACCES":
    case "EPERM":
      return told(
        `No permission on ${address}, ${chosen}: add your user to the group that owns it (usually docker), or ${change}.`,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return told(
        `The Docker host ${address}, ${chosen}, cannot be reached: check its name and the network, or ${change}.`,
      );
    case "HPE_INVALID_CONSTANT":
      return told(
        `What answers at ${address}, ${chosen}, is no Docker engine, or it wants TLS (DOCKER_TLS_VERIFY); ${change}.`,
      );
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return { message: `The connection to ${address}, ${chosen}, broke off: try again.`, retry: true };
    default:
  }
  if (isTlsTrouble(cause)) {
    return told(
      `The engine at ${address}, ${chosen}, is not trusted: ${troubleText(cause)}; check the certificates in DOCKER_CERT_PATH or in the docker context.`,
    );
  }
  if (cause instanceof VersionError) {
    return told(`The engine at ${address}, ${chosen}, ${cause.message}; or ${change}.`);
  }
  if (cause instanceof EngineError && cause.status === undefined) {
    return told(`The engine at ${address}, ${chosen}, cannot be used: ${cause.message}; ${change}.`);
  }
  return answerProblem(cause, `the Docker engine at ${address}, ${chosen},`, reference);
}

function answerProblem(cause: unknown, engine: string, reference: string | undefined): Problem {
  const said = troubleText(cause);
  if (cause instanceof EngineError && cause.status === 404 && reference !== undefined) {
    return {
      message: `The image ${reference} is not there (any more): build or pull it, then try again; ${engine} was asked.`,
      retry: true,
    };
  }
  // The containerd store holds an index whose other platforms were never fetched.
  if (
    /content digest \S+ not found|does not provide the specified platform|no suitable .*platform/i.test(said)
  ) {
    return {
      message: `${capital(engine)} does not hold all that ${reference ?? "the image"} names, as for an image of several platforms of which one was pulled: pull it again for one platform (docker pull --platform), then try again (it answered: ${said}).`,
      retry: true,
    };
  }
  return { message: `${capital(engine)} answered: ${said}`, retry: true };
}

export const brokenTransfer = (reference: string, from: string, why: string | undefined): Problem => ({
  message: `The transfer of ${reference} from ${from} broke off${why === undefined ? "" : `: ${why}`}; try again.`,
  retry: true,
});

export const archiveProblem = (path: string, why: string): Problem => ({
  message: `${path} cannot be analyzed: ${why}.`,
  retry: false,
});

const capital = (text: string): string => text.replace(/^./, (it) => it.toUpperCase());

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined;

const isTlsTrouble = (cause: unknown): boolean =>
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(codeOf(cause) ?? "");
