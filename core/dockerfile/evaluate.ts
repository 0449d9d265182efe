/**
 * Evaluates a script as far as the file's own values decide it: which commands run, with which words, where.
 *
 * Invariant: what cannot be decided is undefined or "perhaps"; a branch is ruled out only by values that
 * the Dockerfile itself sets.
 */
import type { Span } from "../text/span.ts";
import { chainGap, decides, leaves, mayLeave, sequenceGap } from "./control-flow.ts";
import {
  type EvaluatedWord,
  evaluatedRedirect,
  evaluatedWord,
  patternMatches,
  type Status,
  testStatus,
  textOf,
} from "./evaluated-words.ts";
import { posixJoin } from "./paths.ts";
import type { SimpleCommand, Statement } from "./script.ts";
import { Values } from "./values.ts";

export type Runs = "always" | "perhaps" | "never";

export interface EvaluatedCommand {
  readonly at: Span;
  readonly words: readonly EvaluatedWord[];
  readonly redirects: readonly { readonly operator: string; readonly target: EvaluatedWord }[];
  readonly runs: Runs;
  readonly directory: string | undefined;
  /** Its output or input is another command's. */
  readonly piped: boolean;
  /** In the joined text; see `Command.removeAt`. */
  readonly removeAt: Span | undefined;
  /** Variables as the program sees them. Never changed afterwards. */
  readonly environment: Values;
}

export function evaluateScript(
  body: Statement,
  values: Values,
  directory: string | undefined,
): readonly EvaluatedCommand[] {
  const evaluator = new Evaluator();
  evaluator.visit(body, { values: values.copy(), directory }, "always", undefined, false);
  return evaluator.commands;
}

/** What a shell process holds; a subshell gets a copy. */
interface ShellState {
  values: Values;
  directory: string | undefined;
}

class Evaluator {
  readonly commands: EvaluatedCommand[] = [];

  visit(it: Statement, state: ShellState, runs: Runs, removeAt: Span | undefined, piped: boolean): Status {
    switch (it.kind) {
      case "command":
        return this.command(it, state, runs, removeAt, piped);
      case "sequence":
        return this.sequence(it, state, runs);
      case "chain":
        return this.chain(it, state, runs);
      case "pipeline":
        for (const part of it.items) this.visit(part, copyOf(state), runs, undefined, true);
        return "unknown";
      case "if":
        return this.conditional(it, state, runs);
      case "group": {
        const inner = it.subshell ? copyOf(state) : state;
        return this.visit(it.body, inner, runs, undefined, piped);
      }
      case "negated": {
        const status = this.visit(it.body, state, runs, undefined, piped);
        return status === "unknown" ? status : status === "success" ? "failure" : "success";
      }
      case "case":
        return this.choice(it, state, runs);
      case "nested": {
        const { command } = it;
        const words = command.words.flatMap((word) => evaluatedWord(word, state.values));
        const inner = { values: environmentOf(command, state.values), directory: state.directory };
        // What the outer shell's own words say stays: where its output goes.
        if (command.redirects.length > 0)
          this.command({ ...command, words: [], assignments: [] }, copyOf(state), runs, undefined, piped);
        if (words.some(({ text }) => text === "-" || text === "-l" || text === "--login"))
          inner.directory = undefined;
        this.visit(it.body, inner, runs, undefined, piped);
        return "unknown";
      }
      case "uncertain": {
        const before = state.values.copy();
        const after = it.bodies.map((body) => {
          const inner = { values: before.copy(), directory: state.directory };
          for (const name of it.sets) inner.values.set(name, undefined);
          this.visit(body, inner, runs === "never" ? "never" : "perhaps", undefined, false);
          if (inner.directory !== state.directory) state.directory = undefined;
          return inner.values;
        });
        state.values = Values.merge([before, ...after]);
        for (const name of it.sets) state.values.set(name, undefined);
        return "unknown";
      }
      case "opaque":
        // Something may run here; what, nobody knows.
        this.commands.push({
          at: it.at,
          words: [{ text: undefined, at: it.at }],
          redirects: [],
          runs: runs === "never" ? "never" : "perhaps",
          directory: undefined,
          piped: false,
          removeAt: undefined,
          environment: state.values.copy(),
        });
        state.directory = undefined;
        return "unknown";
    }
  }

  private sequence(it: Extract<Statement, { kind: "sequence" }>, state: ShellState, runs: Runs): Status {
    let status: Status = "success";
    let reached: Runs = runs;
    it.items.forEach(({ statement, background }, index) => {
      const inner = background ? copyOf(state) : state;
      status = this.visit(statement, inner, reached, background ? undefined : sequenceGap(it, index), false);
      if (background) status = "success";
      if (leaves(statement)) reached = "never";
      else if (mayLeave(statement) && reached === "always") reached = "perhaps";
    });
    return status;
  }

  private chain(it: Extract<Statement, { kind: "chain" }>, state: ShellState, runs: Runs): Status {
    let status: Status = "success";
    it.items.forEach((item, index) => {
      const operator = index === 0 ? undefined : it.operators[index - 1];
      let reached = runs;
      if (operator === "&&" && status === "failure") reached = "never";
      // For the instruction to succeed, what stands left of && has succeeded; a mere test may say no.
      if (operator === "&&" && status === "unknown" && decides(it.items[index - 1])) reached = weaker(runs);
      if (operator === "||" && status === "success") reached = "never";
      if (operator === "||" && status === "unknown") reached = weaker(runs);
      if (reached === "never") {
        this.visit(item, copyOf(state), "never", undefined, false);
        return;
      }
      const before = reached === runs ? undefined : copyOf(state);
      const now = this.visit(item, state, reached, chainGap(it, index), false);
      if (before !== undefined) {
        state.values = Values.merge([before.values, state.values]);
        if (before.directory !== state.directory) state.directory = undefined;
      }
      status = operator === "||" && status === "unknown" ? (now === "success" ? "success" : "unknown") : now;
    });
    return status;
  }

  private choice(it: Extract<Statement, { kind: "case" }>, state: ShellState, runs: Runs): Status {
    const subject = textOf(it.subject.parts, state.values);
    const ends: ShellState[] = [];
    let reached = runs;
    for (const { patterns, body } of it.items) {
      const answers = patterns.map((one) => patternMatches(subject, textOf(one.parts, state.values)));
      const matches = answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
      const inBranch = matches === false ? "never" : matches === true ? reached : weaker(reached);
      const inner = copyOf(state);
      this.visit(body, inner, inBranch, undefined, false);
      if (inBranch !== "never") ends.push(inner);
      if (matches === true) reached = "never";
      else if (matches === undefined) reached = weaker(reached);
    }
    if (reached !== "never") ends.push(copyOf(state));
    joinStates(state, ends);
    return "unknown";
  }

  private conditional(it: Extract<Statement, { kind: "if" }>, state: ShellState, runs: Runs): Status {
    const ends: ShellState[] = [];
    let reached = runs;
    for (const { condition, body } of it.branches) {
      const status = this.visit(condition, state, reached, undefined, false);
      const inBranch = status === "failure" ? "never" : status === "success" ? reached : weaker(reached);
      const inner = copyOf(state);
      this.visit(body, inner, inBranch, undefined, false);
      if (inBranch !== "never") ends.push(inner);
      if (status === "success") reached = "never";
      else if (status === "unknown") reached = weaker(reached);
    }
    const last = copyOf(state);
    if (it.otherwise !== undefined) this.visit(it.otherwise, last, reached, undefined, false);
    if (reached !== "never") ends.push(last);
    joinStates(state, ends);
    return "unknown";
  }

  private command(
    it: SimpleCommand,
    state: ShellState,
    runs: Runs,
    removeAt: Span | undefined,
    piped: boolean,
  ): Status {
    const words = it.words.flatMap((word) => evaluatedWord(word, state.values));
    const redirects = it.redirects.map((redirect) => evaluatedRedirect(redirect, state.values));
    const environment = environmentOf(it, state.values);
    const { directory } = state;
    this.commands.push({ at: it.at, words, redirects, runs, directory, piped, removeAt, environment });
    const [program, ...rest] = words.map((word) => word.text);
    const isDeclaration =
      program === undefined || program === "export" || program === "readonly" || program === "local";
    // What earlier commands saw stays as it was.
    const sets = (isDeclaration && it.assignments.length > 0) || program === "unset";
    if (sets && runs !== "never") state.values = state.values.copy();
    if (isDeclaration && runs !== "never") {
      for (const { name, value } of it.assignments) {
        state.values.set(name, value === undefined ? "" : textOf(value.parts, state.values));
      }
    }
    if (program === "cd")
      state.directory = rest.length === 1 ? posixJoin(state.directory, rest[0]) : undefined;
    if (program === "unset" && runs !== "never") {
      for (const name of rest) if (name !== undefined) state.values.set(name, "");
    }
    if (runs !== "never" && mayChangeAnything(program, words)) {
      state.values = state.values.forgotten();
      if (program === "eval") state.directory = undefined;
    }
    if (program === "read" && runs !== "never") {
      state.values = state.values.copy();
      for (const name of rest) if (name !== undefined) state.values.set(name, undefined);
    }
    if (program === "true" || program === ":" || (words.length === 0 && it.assignments.length > 0))
      return "success";
    if (program === "false") return "failure";
    if (program === "[" || program === "test" || program === "[[") return testStatus(words);
    return "unknown";
  }
}

/** Text that becomes a script only at run time, and scripts that are read into this shell. */
const mayChangeAnything = (program: string | undefined, words: readonly EvaluatedWord[]): boolean =>
  program === "eval" ||
  program === "." ||
  program === "source" ||
  (program === "export" && words.some(({ text }) => text === undefined));

/** What holds after one of several ways was taken. */
function joinStates(state: ShellState, ends: readonly ShellState[]): void {
  state.values = Values.merge(ends.map((end) => end.values));
  if (ends.some((end) => end.directory !== ends[0]?.directory)) state.directory = undefined;
  else state.directory = ends[0]?.directory ?? state.directory;
}

/** With the assignments that stand before the program. */
function environmentOf(it: SimpleCommand, values: Values): Values {
  if (it.words.length === 0 || it.assignments.length === 0) return values;
  const res = values.copy();
  for (const { name, value } of it.assignments) {
    res.set(name, value === undefined ? "" : textOf(value.parts, values));
  }
  return res;
}

const copyOf = (state: ShellState): ShellState => ({
  values: state.values.copy(),
  directory: state.directory,
});
const weaker = (runs: Runs): Runs => (runs === "never" ? "never" : "perhaps");
