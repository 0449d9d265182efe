import { readVersion } from "../engine/version.ts";
import { commandOf } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { helpText } from "./help.ts";
import { paintFor } from "./terminal.ts";

/** Commands are loaded when they are asked for: `--help` and `--version` load no engine. */
async function run(words: readonly string[], console: Console): Promise<Exit> {
  const command = commandOf(words);
  switch (command.kind) {
    case "help":
      await console.out(helpText(command.topic));
      return exits.fine;
    case "version":
      await console.out(`${await readVersion(console.home)}\n`);
      return exits.fine;
    case "refused":
      console.trouble(command.message);
      return exits.trouble;
    case "check":
      return (await import("./documents.ts")).check(command, console);
    case "fix":
      return (await import("./documents.ts")).fix(command, console);
    case "analyze":
      return (await import("./analyze.ts")).analyze(command, console);
    case "weigh":
      return (await import("./documents.ts")).weigh(command, console);
  }
}

/** The process as commands see it. */
function consoleOf(signal: AbortSignal): Console {
  const { stdout, stderr } = process;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    out: (text) => {
      clear();
      return new Promise((resolve) => {
        stdout.write(text, () => resolve());
      });
    },
    trouble: (line) => {
      clear();
      stderr.write(`plimsoll: ${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      if (line === "") return;
      stderr.write(line.slice(0, Math.max(0, stderr.columns - 1)));
      shown = true;
    },
    paint: paintFor(stdout, process.env),
    directory: process.cwd(),
    signal,
    home: __dirname,
  };
}

async function main(): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => {
    stop.abort();
    process.exitCode = exits.interrupted;
    // A second Ctrl+C, or work that does not listen: go at once.
    process.once("SIGINT", () => process.exit(exits.interrupted));
  });
  // A reader that has seen enough (`| head`) is no trouble.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (cause: NodeJS.ErrnoException) => {
      process.exit(cause.code === "EPIPE" ? exits.fine : exits.trouble);
    });
  }
  const console = consoleOf(stop.signal);
  try {
    const exit = await run(process.argv.slice(2), console);
    process.exitCode = stop.signal.aborted ? exits.interrupted : exit;
  } catch (cause) {
    if (stop.signal.aborted) {
      process.exitCode = exits.interrupted;
      return;
    }
    const told =
      process.env["PLIMSOLL_DEBUG"] !== undefined && cause instanceof Error ? cause.stack : undefined;
    console.trouble(told ?? `internal error: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exitCode = exits.trouble;
  }
}

void main();
