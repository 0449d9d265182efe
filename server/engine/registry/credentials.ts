import { spawn } from "node:child_process";
import { join } from "node:path";
import { dockerFolder } from "../daemon/endpoint.ts";
import { type Fields, fieldsOf, jsonOf, textOr } from "../records.ts";
import { regularText } from "../regular-file.ts";

export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  /** A refresh token that a registry gave at `docker login`. */
  | { readonly kind: "token"; readonly token: string };

const patience = 30_000;

/**
 * What `docker login` stored for a registry: in a credential helper, or in the configuration itself. Undefined:
 * nothing. Throws where a helper that is configured cannot be asked.
 */
export async function credentialsFor(
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const path = join(dockerFolder(environment), "config.json");
  const config = fieldsOf(jsonOf(await regularText(path).catch(() => "")));
  const helper = textOr(fieldsOf(config["credHelpers"])[host], "") || textOr(config["credsStore"], "");
  if (helper !== "") {
    const found = await askHelper(helper, host, environment);
    if (found !== undefined) return found;
  }
  return stored(fieldsOf(config["auths"]), host);
}

function stored(all: Fields, host: string): Credentials | undefined {
  // Older logins wrote the address with its scheme and path.
  const key = Object.keys(all).find((it) => it === host || bare(it) === host);
  const entry = fieldsOf(key === undefined ? undefined : all[key]);
  const token = textOr(entry["identitytoken"], "");
  if (token !== "") return { kind: "token", token };
  const [user = "", ...rest] = Buffer.from(textOr(entry["auth"], ""), "base64").toString("utf8").split(":");
  const password = rest.join(":").replace(/\0+$/, "");
  return user === "" ? undefined : { kind: "password", user, password };
}

const bare = (address: string): string => address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");

/** The protocol of docker-credential-helpers: the registry on standard input, JSON back. */
function askHelper(
  name: string,
  host: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw new Error(`the credential helper "${name}" has no proper name`);
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], {
      env: environment,
      stdio: ["pipe", "pipe", "ignore"],
      timeout: patience,
      windowsHide: true,
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (it: string) => {
      said += it;
    });
    child.stdin.on("error", () => {});
    child.on("error", (cause) => reject(new Error(`${program} could not be started: ${cause.message}`)));
    child.on("close", (code) => {
      const answer = fieldsOf(jsonOf(said));
      const user = textOr(answer["Username"], "");
      const secret = textOr(answer["Secret"], "");
      if (code === 0 && secret !== "") {
        resolve(
          user === "<token>"
            ? { kind: "token", token: secret }
            : { kind: "password", user, password: secret },
        );
      } else if (/not found/i.test(said)) resolve(undefined);
      else reject(new Error(`${program} gave no credentials for ${host}`));
    });
    child.stdin.end(host);
  });
}
