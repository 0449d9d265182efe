import type { Connection } from "vscode-languageserver/node";
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
} from "vscode-languageserver/node";
import type { ClientAbilities } from "./client-abilities.ts";

/** Any file can be part of a build context, so all are watched; the client leaves out what its user excluded. */
const watchedFiles = "**/*";

/** Asks the client to tell about changed settings and files, as far as it offers to. */
export async function watch(connection: Connection, abilities: ClientAbilities): Promise<void> {
  const wishes: Promise<unknown>[] = [];
  if (abilities.registersConfiguration) {
    wishes.push(connection.client.register(DidChangeConfigurationNotification.type, { section: "plimsoll" }));
  }
  if (abilities.registersWatchers) {
    wishes.push(
      connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: watchedFiles }],
      }),
    );
  }
  await Promise.all(wishes);
}
