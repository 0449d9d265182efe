import { type CancellationToken, ErrorCodes, ResponseError } from "vscode-languageserver/node";

export type Log = (line: string) => void;

/** A request may answer with its result or with an error that the client is meant to see. */
type Answer<Result> = Result | ResponseError<never>;

/**
 * Stands around every handler: what a handler throws is a bug of ours, so it is logged and answered with an
 * error, and the server lives on. It also holds the order of LSP's life: nothing before `initialize`,
 * nothing but `exit` after `shutdown`.
 */
export class Fence {
  readonly #log: Log;
  #phase: "created" | "running" | "ended" = "created";
  #lastMessage = performance.now();

  constructor(log: Log) {
    this.#log = log;
  }

  get running(): boolean {
    return this.#phase === "running";
  }

  get ended(): boolean {
    return this.#phase === "ended";
  }

  /** Milliseconds since the client last sent something. */
  get quiet(): number {
    return performance.now() - this.#lastMessage;
  }

  start(): void {
    this.#phase = "running";
  }

  end(): void {
    this.#phase = "ended";
  }

  request<Params, Result>(
    name: string,
    handler: (params: Params, token: CancellationToken) => Answer<Result> | Promise<Answer<Result>>,
  ): (params: Params, token: CancellationToken) => Promise<Answer<Result>> {
    return async (params, token) => {
      this.#lastMessage = performance.now();
      if (this.#phase === "created")
        return new ResponseError<never>(ErrorCodes.ServerNotInitialized, `${name} came before initialize.`);
      if (this.#phase === "ended")
        return new ResponseError<never>(ErrorCodes.InvalidRequest, `${name} came after shutdown.`);
      try {
        return await handler(params, token);
      } catch (cause) {
        this.report(name, cause);
        return new ResponseError<never>(ErrorCodes.InternalError, `${name} failed: ${messageOfCause(cause)}`);
      }
    };
  }

  notification<Params>(
    name: string,
    handler: (params: Params) => void | Promise<void>,
  ): (params: Params) => void {
    return (params) => {
      this.#lastMessage = performance.now();
      if (this.#phase === "running") this.guard(name, () => handler(params));
    };
  }

  /** For work that no message waits for: timers, answers of the engine, file events. */
  guard(name: string, work: () => void | Promise<void>): void {
    try {
      const pending = work();
      if (pending instanceof Promise) pending.catch((cause: unknown) => this.report(name, cause));
    } catch (cause) {
      this.report(name, cause);
    }
  }

  report(name: string, cause: unknown): void {
    this.#log(`${name} failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
}

const messageOfCause = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
