/** Commands behind code lenses and code actions, for clients that do not run them: a message, a document to show. */
import {
  type Connection,
  type ExecuteCommandParams,
  MessageType,
  ShowMessageNotification,
} from "vscode-languageserver/node";
import { listContributorsCommand, openRuleCommand } from "../../protocol/commands.ts";
import type { ContributorsParams } from "../../protocol/requests.ts";
import { contributorsOf } from "./code-lens.ts";
import type { Session } from "./session.ts";

/** Lines of a list in a message. */
const mostRows = 20;

export async function executeCommand(
  connection: Connection,
  session: Session,
  { command, arguments: [argument] = [] }: ExecuteCommandParams,
): Promise<null> {
  if (command === openRuleCommand && typeof argument === "string" && session.isRulePage(argument)) {
    if (session.abilities.showsDocuments) {
      await connection.window.showDocument({ uri: argument, takeFocus: true });
    } else await tell(connection, argument);
  }
  const asked = command === listContributorsCommand ? contributorsFrom(argument) : undefined;
  const document = asked && session.documents.get(asked.uri);
  const found = asked && document && contributorsOf(session.desk, document, asked);
  if (found) {
    const rows = found.rows.slice(0, mostRows).map((it) => `${it.size}  ${it.name}`);
    const more = found.rows.length - rows.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    await tell(connection, [found.title, ...rows, ...rest].join("\n"));
  }
  return null;
}

/** A notification: nobody need answer it. */
const tell = (connection: Connection, message: string): Promise<void> =>
  connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });

/** Whatever a client sends; undefined where it is none of our parameters. */
export function contributorsFrom(value: unknown): ContributorsParams | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { uri, part, list }: { uri?: unknown; part?: unknown; list?: unknown } = value;
  if (typeof uri !== "string" || typeof part !== "string") return undefined;
  return list === "weights" || list === "findings" ? { uri, part, list } : undefined;
}
