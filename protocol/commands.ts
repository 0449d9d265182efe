/**
 * Commands that code lenses and code actions name. A client that runs them itself says `commands: true` in its
 * `initializationOptions`; for others the server runs those that LSP can express (`serverCommands`).
 */

/** Takes a path or nothing; of clients with a picture only. */
export const analyzeImageCommand = "plimsoll.analyzeImage";
/** Takes ContributorsParams (requests.ts). */
export const listContributorsCommand = "plimsoll.listContributors";
/** Takes the URI of a rule's page. */
export const openRuleCommand = "plimsoll.openRule";

export const serverCommands = [listContributorsCommand, openRuleCommand] as const;
