import { Console } from "node:console";
import { join } from "node:path";
import { type Connection, createConnection } from "vscode-languageserver/node";
import { loadShellReader } from "../../core/dockerfile/shell.ts";
import { packageSizesIn } from "../engine/catalogues.ts";
import { pythonCatalogueIn } from "../engine/python/catalogue.ts";
import { readShellFiles } from "../engine/shell-files.ts";
import { readVersion } from "../engine/version.ts";

import { rulePagesIn } from "./rule-pages.ts";
import { serve } from "./serve.ts";
import { WholeMessages } from "./whole-messages.ts";

const transports = ["--stdio", "--node-ipc", "--socket", "--pipe"];

async function main(): Promise<void> {
  if (!process.argv.some((it) => transports.some((name) => it === name || it.startsWith(`${name}=`)))) {
    process.stderr.write(
      "plimsoll server: say how to talk: --stdio, --node-ipc, --socket=PORT or --pipe=NAME\n",
    );
    process.exitCode = 2;
    return;
  }
  // Loaded while the client's first message is on its way.
  const shell = readShellFiles(__dirname).then(loadShellReader);
  const connection = process.argv.includes("--stdio") ? overStdio() : createConnection();
  const fence = serve(connection, {
    shell,
    pageOf: rulePagesIn(join(__dirname, "rules")),
    version: await readVersion(__dirname),
    home: __dirname,
    packageSizes: packageSizesIn(__dirname),
    catalogue: pythonCatalogueIn(__dirname),
  });
  process.on("uncaughtException", (cause) => fence.report("server", cause));
  process.on("unhandledRejection", (cause) => fence.report("server", cause));
  process.on("disconnect", () => process.exit(fence.ended ? 0 : 1));
  connection.listen();
  await shell;
}

function overStdio(): Connection {
  // Standard output is the protocol's; what any library prints goes to standard error.
  globalThis.console = new Console(process.stderr);
  return createConnection(process.stdin, new WholeMessages(process.stdout));
}

main().catch((cause: unknown) => {
  process.stderr.write(`plimsoll server: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exit(2);
});
