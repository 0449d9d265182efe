import { isAbsolute } from "node:path";
import type { RuleChoices } from "../../core/rules/settings.ts";
import { bytesFrom } from "../../core/size/bytes.ts";
import { type PlimsollSettings, type RuleSetting, ruleSettings } from "../../protocol/settings.ts";
import type { ProxySettings } from "../engine/http/proxy.ts";

export const defaultSettings: PlimsollSettings = {
  rules: {},
  severity: { warnFrom: "1 MB", reportFrom: "0 B" },
  engine: { host: "", context: "" },
  registry: { enabled: false, insecure: [] },
  packageIndex: { enabled: false, url: "" },
  inlayHints: { enabled: true },
  codeLens: { enabled: true },
  target: "",
  context: "",
};

/** Anything a client may send, also null; what is absent or of another type is taken from `base`, key by key. */
export function settingsFrom(value: unknown, base: PlimsollSettings = defaultSettings): PlimsollSettings {
  const given = fieldsOf(value);
  return {
    rules: given["rules"] === undefined ? base.rules : rulesFrom(given["rules"]),
    severity: {
      warnFrom: sizeOr(fieldsOf(given["severity"])["warnFrom"], base.severity.warnFrom),
      reportFrom: sizeOr(fieldsOf(given["severity"])["reportFrom"], base.severity.reportFrom),
    },
    engine: {
      host: stringOr(fieldsOf(given["engine"])["host"], base.engine.host),
      context: stringOr(fieldsOf(given["engine"])["context"], base.engine.context),
    },
    registry: {
      enabled: booleanOr(fieldsOf(given["registry"])["enabled"], base.registry.enabled),
      insecure: textsOr(fieldsOf(given["registry"])["insecure"], base.registry.insecure),
    },
    packageIndex: {
      enabled: booleanOr(fieldsOf(given["packageIndex"])["enabled"], base.packageIndex.enabled),
      url: stringOr(fieldsOf(given["packageIndex"])["url"], base.packageIndex.url),
    },
    inlayHints: { enabled: booleanOr(fieldsOf(given["inlayHints"])["enabled"], base.inlayHints.enabled) },
    codeLens: { enabled: booleanOr(fieldsOf(given["codeLens"])["enabled"], base.codeLens.enabled) },
    target: stringOr(given["target"], base.target),
    context: stringOr(given["context"], base.context),
  };
}

/** Clients send the section itself or an object that holds it under its name. */
export const sectionOf = (value: unknown): unknown => fieldsOf(value)["plimsoll"] ?? value;

/** Beside the settings, `initializationOptions` may name an absolute folder. */
export function storageOf(initializationOptions: unknown): string | undefined {
  const storage = fieldsOf(initializationOptions)["storage"];
  return typeof storage === "string" && isAbsolute(storage) ? storage : undefined;
}

/** `trusted: false`: the user has not said that the workspace's files may be acted upon. */
export const trustOf = (initializationOptions: unknown): boolean =>
  fieldsOf(initializationOptions)["trusted"] !== false;

/** VS Code's section `http`; other clients send null or nothing. */
export function proxyFrom(value: unknown): ProxySettings {
  const given = fieldsOf(value);
  return {
    proxy: stringOr(given["proxy"], ""),
    authorization: stringOr(given["proxyAuthorization"], ""),
    exceptions: textsOr(given["noProxy"], []),
    enabled: given["proxySupport"] !== "off",
    strict: booleanOr(given["proxyStrictSSL"], true),
    systemCertificates: booleanOr(given["systemCertificates"], true),
  };
}

/** The client has commands of ours: it shows the lists behind code lenses and the pages of rules by itself. */
export const hasOwnCommands = (initializationOptions: unknown): boolean =>
  fieldsOf(initializationOptions)["commands"] === true;

export function choicesOf({ rules, severity }: PlimsollSettings): RuleChoices {
  const [warnFrom, reportFrom] = [bytesFrom(severity.warnFrom), bytesFrom(severity.reportFrom)];
  return {
    rules,
    ...(warnFrom !== undefined && { warnFrom }),
    ...(reportFrom !== undefined && { reportFrom }),
  };
}

function rulesFrom(value: unknown): Record<string, RuleSetting> {
  const res: Record<string, RuleSetting> = {};
  for (const [id, given] of Object.entries(fieldsOf(value))) {
    const choice = ruleSettings.find((it) => it === given);
    if (choice !== undefined) res[id] = choice;
  }
  return res;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** A size as people write it; a bare number counts bytes. */
function sizeOr(value: unknown, otherwise: string): string {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && bytesFrom(text) !== undefined ? text : otherwise;
}

const stringOr = (value: unknown, otherwise: string): string =>
  typeof value === "string" ? value.trim() : otherwise;

const textsOr = (value: unknown, otherwise: readonly string[]): readonly string[] =>
  Array.isArray(value) ? value.filter((it) => typeof it === "string") : otherwise;

const booleanOr = (value: unknown, otherwise: boolean): boolean =>
  typeof value === "boolean" ? value : otherwise;
