import { createHash } from "node:crypto";
import tls from "node:tls";
import { regularText } from "../regular-file.ts";

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

/** By the certificates in them: to parse those of a system takes longer than to connect. */
const contexts = new Map<string, tls.SecureContext>();

/**
 * The authorities that may have signed a server's certificate: Node's own, those of `files` and, where `system` says so,
 * the system's. Undefined: Node's own alone. What cannot be read is left out.
 */
export async function trustIn(
  files: readonly string[],
  system: boolean,
): Promise<tls.SecureContext | undefined> {
  const texts = await Promise.all([...new Set(files)].map(textAt));
  const found = [...texts.filter(isCertificates), ...(system ? await systemAuthorities() : [])];
  if (found.length === 0) return undefined;
  const key = createHash("sha256").update(found.join("\n")).digest("hex");
  const context = contexts.get(key) ?? tls.createSecureContext({ ca: [...tls.rootCertificates, ...found] });
  contexts.set(key, context);
  return context;
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
