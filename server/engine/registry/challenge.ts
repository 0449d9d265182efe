/** What a registry wants before it answers. */
export type Challenge =
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: string; readonly service: string; readonly scope: string };

/** From a `WWW-Authenticate` header, a token before a password; undefined: nothing that is understood here. */
export function challengeOf(header: string): Challenge | undefined {
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header)?.[1];
  if (bearer !== undefined) {
    const parts = new Map<string, string>();
    for (const [, key = "", quoted, plain] of bearer.matchAll(/([a-z_]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi)) {
      parts.set(key.toLowerCase(), quoted ?? plain ?? "");
    }
    const realm = parts.get("realm");
    if (realm !== undefined) {
      return { kind: "bearer", realm, service: parts.get("service") ?? "", scope: parts.get("scope") ?? "" };
    }
  }
  return /(?:^|,\s*)basic\b/i.test(header) ? { kind: "basic" } : undefined;
}
