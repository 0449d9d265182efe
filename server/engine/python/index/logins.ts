import { homedir } from "node:os";
import { join } from "node:path";
import { type IndexAddress, loginVariables } from "../../../../core/python/index/addresses.ts";
import { regularText } from "../../regular-file.ts";

/**
 * Value of `Authorization` for an index: from its address, from the variables of uv and Poetry for its name, else from
 * the user's netrc, as pip and uv do. It is never shown and never kept.
 */
export async function loginFor(
  { url, name }: Pick<IndexAddress, "url" | "name">,
  variables: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { username, password, hostname } = new URL(url);
  if (username !== "") return basic(decoded(username), decoded(password));
  for (const [user, secret] of name === undefined ? [] : loginVariables(name)) {
    const [known, word] = [variables[user], variables[secret]];
    if (known !== undefined || word !== undefined) return basic(known ?? "", word ?? "");
  }
  const places =
    variables["NETRC"] === undefined
      ? [".netrc", "_netrc"].map((it) => join(variables["HOME"] ?? homedir(), it))
      : [variables["NETRC"]];
  for (const place of places) {
    const found = loginIn(await regularText(place).catch(() => ""), hostname);
    if (found !== undefined) return basic(...found);
  }
  return undefined;
}

/** Of the machine, else the default one. */
export function loginIn(netrc: string, host: string): readonly [user: string, password: string] | undefined {
  const words = netrc.replace(/^\s*#.*$/gm, "").split(/\s+/);
  let own = false;
  let isDefault = false;
  const found = new Map<string, string>();
  const usual = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === "machine") {
      own = words[at + 1] === host && found.size === 0;
      isDefault = false;
      at += 1;
    } else if (word === "default") [own, isDefault] = [false, true];
    else if (word === "login" || word === "password" || word === "account") {
      (own ? found : isDefault ? usual : new Map<string, string>()).set(word, words[at + 1] ?? "");
      at += 1;
    }
  }
  const chosen = found.size > 0 ? found : usual;
  const user = chosen.get("login");
  return user === undefined ? undefined : [user, chosen.get("password") ?? ""];
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
