import { createHash } from "node:crypto";
import tls from "node:tls";
import { regularText } from "../regular-file.ts";
import { troubleText } from "../trouble-text.ts";

/** Where Linux and BSD systems keep all authorities that they trust in one file, as Go looks for them. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Of the variables by which pip, OpenSSL and Node are told of authorities. */
export function authorityFiles(variables: NodeJS.ProcessEnv): readonly string[] {
  const { SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS } = variables;
  return [SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS].flatMap((it) => it || []);
}

/** By which a server knows its user; both as PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  /** Where it was found. */
  readonly path: string;
}

/** By the certificates in them: to parse those of a system takes longer than to connect. */
const contexts = new Map<string, tls.SecureContext>();

/**
 * The authorities that may have signed a server's certificate: Node's own, those of `files` and, where `system` says so,
 * the system's; and the certificate that is shown where a server asks for one. Undefined: Node's own authorities alone.
 * What cannot be read is left out; a client's certificate that is none is an exception.
 */
export async function trustIn(
  files: readonly string[],
  system: boolean,
  client?: ClientCertificate,
): Promise<tls.SecureContext | undefined> {
  const texts = await Promise.all([...new Set(files)].map(textAt));
  const found = [...texts.filter(isCertificates), ...(system ? await systemAuthorities() : [])];
  if (found.length === 0 && client === undefined) return undefined;
  const key = createHash("sha256")
    .update([...found, client?.cert, client?.key].join("\n"))
    .digest("hex");
  const context = contexts.get(key) ?? contextOf(found, client);
  contexts.set(key, context);
  return context;
}

function contextOf(authorities: readonly string[], client: ClientCertificate | undefined): tls.SecureContext {
  const ca = [...tls.rootCertificates, ...authorities];
  if (client === undefined) return tls.createSecureContext({ ca });
  const { cert, key, path } = client;
  try {
    return tls.createSecureContext({ ca, cert, key });
  } catch (cause) {
    throw new Error(`${path} and its key cannot be used (${troubleText(cause)})`);
  }
}

async function systemAuthorities(): Promise<readonly string[]> {
  // Since Node 22.15; it knows the stores of macOS and Windows too.
  const own: unknown = Reflect.get(tls, "getCACertificates");
  if (typeof own === "function") {
    const found: unknown = own("system");
    return Array.isArray(found) ? found.filter((it) => typeof it === "string") : [];
  }
  for (const it of bundles) {
    const text = await textAt(it);
    if (isCertificates(text)) return [text];
  }
  return [];
}

const textAt = (path: string): Promise<string> => regularText(path).catch(() => "");

const isCertificates = (text: string): boolean => text.includes("BEGIN CERTIFICATE");
