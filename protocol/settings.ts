/**
 * The settings under `plimsoll` as clients send them. The server takes anything (also null) and falls back
 * to the defaults key by key.
 */
export interface PlimsollSettings {
  /** Per rule id: `auto` (default: by bytes and certainty), a fixed severity, or `off`. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** Sizes such as "1 MB": from where a certain saving is a warning, and from where a saving is reported at all. */
  readonly severity: { readonly warnFrom: string; readonly reportFrom: string };
  /**
   * Which engine to ask: an address as in `DOCKER_HOST` (for example `unix:///run/podman/podman.sock`), else the name
   * of a docker context; both empty: `DOCKER_HOST`, the current docker context, the usual sockets. Clients send the
   * user's own settings only where the workspace is not trusted.
   */
  readonly engine: { readonly host: string; readonly context: string };
  /** Whether images may be read from registries when the user asks for one, and which registries have no TLS. */
  readonly registry: { readonly enabled: boolean; readonly insecure: readonly string[] };
  /**
   * Whether the package indexes of Python projects may be asked; the default index, where no file of uv, pip, Poetry or
   * PDM names one. Never in a workspace that is not trusted.
   */
  readonly packageIndex: { readonly enabled: boolean; readonly url: string };
  readonly inlayHints: { readonly enabled: boolean };
  readonly codeLens: { readonly enabled: boolean };
  /** Name of the stage that ships; empty: what a compose or bake file says, else the last stage. */
  readonly target: string;
  /** Build context of Dockerfiles, relative to the workspace folder; empty: found as documented. */
  readonly context: string;
}

export const ruleSettings = ["auto", "error", "warning", "information", "hint", "off"] as const;
export type RuleSetting = (typeof ruleSettings)[number];
