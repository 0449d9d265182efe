import type { Problem } from "../../../protocol/requests.ts";
import { troubleText } from "../trouble-text.ts";

const setting = "plimsoll.engine.host";

/** One sentence for what an engine, or the way to it, answered. */
export function engineProblem(cause: unknown, address: string, reference: string | undefined): Problem {
  const { code, status } = traitsOf(cause);
  const how = "the setting plimsoll.engine.host or DOCKER_HOST";
  switch (code) {
    case "ENOENT":
    case "ECONNREFUSED":
      return {
        message: `No Docker engine answers at ${address}: start it, or name another with ${how}.`,
        retry: true,
        setting,
      };
    case "EACCES":
    case "EPERM":
      return {
        message: `No permission on ${address}: add your user to the group that owns it (usually docker), or name another engine with ${how}.`,
        retry: true,
        setting,
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
      return { message: `The Docker host ${address} cannot be reached: check ${how}.`, retry: true, setting };
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return { message: `The transfer from ${address} broke off: try again.`, retry: true };
    default:
  }
  if (status === 404 && reference !== undefined) {
    return {
      message: `The image ${reference} is not there (any more): build or pull it, then try again.`,
      retry: true,
    };
  }
  return { message: `The Docker engine at ${address} answered: ${troubleText(cause)}`, retry: true };
}

export const archiveProblem = (path: string, why: string): Problem => ({
  message: `${path} cannot be analysed: ${why}.`,
  retry: false,
});

function traitsOf(cause: unknown): {
  readonly code: string | undefined;
  readonly status: number | undefined;
} {
  if (typeof cause !== "object" || cause === null) return { code: undefined, status: undefined };
  return {
    code: "code" in cause && typeof cause.code === "string" ? cause.code : undefined,
    status: "statusCode" in cause && typeof cause.statusCode === "number" ? cause.statusCode : undefined,
  };
}
