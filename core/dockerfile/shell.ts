/**
 * The one door to the shell grammar (tree-sitter-bash): joined text in, Script out.
 *
 * Invariant: reading is total and synchronous once the grammar is loaded. Trees of the grammar live in
 * WebAssembly memory and are freed here; only plain data leaves.
 */
import { Language, type Node, Parser } from "web-tree-sitter";
import type { Span } from "../text/span.ts";
import { LogicalText } from "./logical-text.ts";
import { plainScript } from "./plain-script.ts";
import type {
  Assignment,
  Redirect,
  Script,
  ScriptWord,
  SequenceItem,
  SimpleCommand,
  Statement,
} from "./script.ts";
import { innerScript, literalPieces } from "./shell-inner.ts";
import { partsOf } from "./shell-words.ts";

/** Longer bodies are not read: they are data, not scripts, and would hold up typing. */
const longestBody = 200_000;
/** Deeper nesting than any script that a person wrote; protects the stack from made ones. */
const deepestNesting = 200;
/** Scripts inside words of scripts. */
const deepestScript = 4;

export interface ShellReader {
  read(text: string): Script;
  /** The same, plain scripts too, by the grammar alone. */
  grammar(text: string): Script;
}

/** Loads the grammar. The two files are those of the packages web-tree-sitter and tree-sitter-bash. */
export async function loadShellReader(wasm: {
  readonly runtime: Uint8Array;
  readonly bash: Uint8Array;
}): Promise<ShellReader> {
  await Parser.init({ wasmBinary: wasm.runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(wasm.bash));
  const grammar = (text: string): Script => readScript(parser, text, undefined, 0);
  const whole = (text: string): Script => plainScript(text) ?? grammar(text);
  return { read: (text) => finishedPart(whole(text), text, whole), grammar };
}

/** What waits for a command behind it, and has one before it. */
const danglingOperator = /(?<=\S\s*)(?<!\\)(?:&&|\|\|?)\s*$/;

/** While a chain is being typed, its finished commands are what the shell would read before it misses the next one. */
function finishedPart(script: Script, text: string, whole: (text: string) => Script): Script {
  const end = script.broken ? text.search(danglingOperator) : -1;
  if (end === -1) return script;
  const finished = whole(text.slice(0, end));
  return finished.broken ? script : { ...finished, unfinished: true };
}

/** `place` maps the text to the one that the spans are meant for. */
function readScript(parser: Parser, text: string, place: LogicalText | undefined, level: number): Script {
  const at = { start: 0, end: text.length };
  const unread: Script = { body: { kind: "opaque", at }, broken: true, unfinished: false, hasHeredoc: false };
  if (text.length > longestBody) return unread;
  const tree = parser.parse(text);
  if (tree === null) return unread;
  try {
    const root = tree.rootNode;
    if (root.hasError) return unread;
    const reader = new TreeReader(parser, place, level);
    const body = reader.sequence(root, 0);
    return { body, broken: reader.tooDeep, unfinished: false, hasHeredoc: reader.hasHeredoc };
  } finally {
    tree.delete();
  }
}

class TreeReader {
  hasHeredoc = false;
  tooDeep = false;
  readonly #parser: Parser;
  readonly #place: LogicalText | undefined;
  readonly #level: number;

  constructor(parser: Parser, place: LogicalText | undefined, level: number) {
    this.#parser = parser;
    this.#place = place;
    this.#level = level;
  }

  private spanOf(node: Node): Span {
    const at = { start: node.startIndex, end: node.endIndex };
    return this.#place === undefined ? at : this.#place.spanInSource(at);
  }

  sequence(node: Node, depth: number): Statement {
    const items: SequenceItem[] = [];
    for (const child of node.children) {
      if (child.type === "&") {
        const last = items.pop();
        if (last !== undefined) items.push({ ...last, background: true });
      } else if (child.isNamed && child.type !== "comment" && child.type !== "heredoc_body") {
        items.push({ statement: this.statement(child, depth + 1), background: false });
      }
    }
    const [only] = items;
    if (items.length === 1 && only !== undefined && !only.background) return only.statement;
    return { kind: "sequence", at: this.spanOf(node), items };
  }

  statement(node: Node, depth: number): Statement {
    const at = this.spanOf(node);
    if (depth > deepestNesting) {
      this.tooDeep = true;
      return { kind: "opaque", at };
    }
    switch (node.type) {
      case "command":
      case "declaration_command":
      case "unset_command":
      case "test_command":
      case "variable_assignment":
      case "variable_assignments":
        return this.withInnerScript(node, this.command(node));
      case "list":
        return this.chain(node, depth);
      case "pipeline":
        return {
          kind: "pipeline",
          at,
          items: node.namedChildren
            .filter((it) => it.type !== "comment")
            .map((it) => this.statement(it, depth + 1)),
        };
      case "redirected_statement":
        return this.redirected(node, depth);
      case "negated_command": {
        const body = node.namedChildren.at(-1);
        return body ? { kind: "negated", at, body: this.statement(body, depth + 1) } : { kind: "opaque", at };
      }
      case "subshell":
      case "compound_statement":
        return { kind: "group", at, subshell: node.type === "subshell", body: this.sequence(node, depth) };
      case "if_statement":
        return this.conditional(node, depth);
      case "for_statement":
      case "while_statement":
      case "c_style_for_statement":
      case "function_definition":
        return this.uncertain(node, depth);
      case "case_statement":
        return this.choice(node, depth);
      default:
        return { kind: "opaque", at };
    }
  }

  /** `list` nests to the left; the chain is flat. */
  private chain(node: Node, depth: number): Statement {
    const items: Statement[] = [];
    const operators: ("&&" | "||")[] = [];
    const collect = (list: Node, level: number): void => {
      for (const child of list.children) {
        if (child.type === "&&" || child.type === "||") operators.push(child.type);
        else if (child.type === "list" && level < deepestNesting) collect(child, level + 1);
        else if (child.isNamed && child.type !== "comment")
          items.push(this.statement(child, depth + level + 1));
      }
    };
    collect(node, 0);
    return { kind: "chain", at: this.spanOf(node), items, operators };
  }

  private conditional(node: Node, depth: number): Statement {
    const branches: { condition: Statement; body: Statement }[] = [];
    let otherwise: Statement | undefined;
    const branchOf = (part: Node): void => {
      const conditions: Node[] = [];
      const bodies: Node[] = [];
      let inBody = false;
      for (const child of part.children) {
        if (child.type === "then") inBody = true;
        else if (child.type === "elif_clause") branchOf(child);
        else if (child.type === "else_clause") otherwise = this.sequence(child, depth + 1);
        else if (child.isNamed && child.type !== "comment") (inBody ? bodies : conditions).push(child);
      }
      // The own branch stands before its elif branches, which were read inside the loop.
      own.push({ part, conditions, bodies });
    };
    const own: { part: Node; conditions: Node[]; bodies: Node[] }[] = [];
    branchOf(node);
    for (const it of own.sort((a, b) => a.part.startIndex - b.part.startIndex)) {
      branches.push({
        condition: this.joined(it.conditions, it.part, depth),
        body: this.joined(it.bodies, it.part, depth),
      });
    }
    return { kind: "if", at: this.spanOf(node), branches, otherwise };
  }

  private joined(nodes: readonly Node[], parent: Node, depth: number): Statement {
    const items = nodes.map((it) => ({ statement: this.statement(it, depth + 1), background: false }));
    const [only] = items;
    if (items.length === 1 && only !== undefined) return only.statement;
    return { kind: "sequence", at: this.spanOf(parent), items };
  }

  private uncertain(node: Node, depth: number): Statement {
    const bodies: Statement[] = [];
    const sets: string[] = [];
    for (const child of node.namedChildren) {
      if (child.type === "variable_name") sets.push(child.text);
      else if (child.type === "do_group" || child.type === "compound_statement") {
        bodies.push(this.sequence(child, depth + 1));
      } else if (node.type === "while_statement" && isStatement(child)) {
        bodies.push(this.statement(child, depth + 1));
      }
    }
    return { kind: "uncertain", at: this.spanOf(node), bodies, sets };
  }

  private choice(node: Node, depth: number): Statement {
    const subject = node.childForFieldName("value");
    const parts = node.namedChildren.filter((it) => it.type === "case_item");
    const items = parts.map((item) => {
      const isPattern = (index: number): boolean => item.fieldNameForNamedChild(index) === "value";
      const children = item.namedChildren;
      return {
        patterns: children.filter((_, index) => isPattern(index)).map((it) => this.word(it)),
        body: this.joined(
          children.filter((it, index) => !isPattern(index) && it.type !== "comment"),
          item,
          depth + 1,
        ),
      };
    });
    // `;&` and `;;&` go on with the next item.
    const isPlain = !parts.some((it) => it.children.some(({ type }) => type === ";&" || type === ";;&"));
    const at = this.spanOf(node);
    if (subject === null || !isPlain)
      return { kind: "uncertain", at, bodies: items.map((it) => it.body), sets: [] };
    return { kind: "case", at, subject: this.word(subject), items };
  }

  /** `sh -c` and a literal text: the script in it, read like the one around it. */
  private withInnerScript(node: Node, command: SimpleCommand): Statement {
    if (node.type !== "command" || this.#level >= deepestScript) return command;
    const text = innerScript(node.children.filter((it) => it.isNamed && !notAWord.has(it.type)));
    if (text === undefined) return command;
    const pieces = literalPieces(text);
    if (pieces === undefined) return command;
    const place = new LogicalText(
      pieces.map((it) => ({ ...it, start: this.#place?.offsetInSource(it.start) ?? it.start })),
    );
    const script = readScript(this.#parser, place.text, place, this.#level + 1);
    if (script.broken) return command;
    return { kind: "nested", at: command.at, command, body: script.body };
  }

  /** A redirection after a chain belongs to its last command. */
  private redirected(node: Node, depth: number): Statement {
    const redirects: Redirect[] = [];
    let body: Statement | undefined;
    for (const child of node.namedChildren) {
      if (child.type === "file_redirect") redirects.push(...this.fileRedirect(child));
      else if (child.type === "herestring_redirect") continue;
      else if (child.type === "heredoc_redirect") {
        this.hasHeredoc = true;
        for (const inner of child.namedChildren) {
          if (inner.type === "file_redirect") redirects.push(...this.fileRedirect(inner));
          else if (isStatement(inner)) return { kind: "opaque", at: this.spanOf(node) };
        }
      } else if (child.type !== "comment") body = this.statement(child, depth + 1);
    }
    if (body === undefined)
      return { kind: "command", at: this.spanOf(node), assignments: [], words: [], redirects };
    return withRedirects(body, redirects, this.spanOf(node).end);
  }

  private fileRedirect(node: Node): Redirect[] {
    const target = node.namedChildren.at(-1);
    const operator = node.children.find((it) => !it.isNamed)?.type ?? "";
    return target === undefined ? [] : [{ operator, target: this.word(target) }];
  }

  private command(node: Node): SimpleCommand {
    const assignments: Assignment[] = [];
    const words: ScriptWord[] = [];
    const redirects: Redirect[] = [];
    if (node.type === "variable_assignment") assignments.push(this.assignment(node));
    else if (node.type === "test_command") this.testWords(node, words);
    else {
      for (const child of node.children) {
        if (child.type === "variable_assignment") assignments.push(this.assignment(child));
        else if (child.type === "file_redirect") redirects.push(...this.fileRedirect(child));
        else if (child.type === "herestring_redirect") continue;
        else if (child.type === "command_name") words.push(this.word(child.namedChildren[0] ?? child));
        else if (child.isNamed) words.push(this.word(child));
        else if (node.type !== "command") words.push(this.word(child));
      }
    }
    return { kind: "command", at: this.spanOf(node), assignments, words, redirects };
  }

  private testWords(node: Node, words: ScriptWord[]): void {
    for (const child of node.children) {
      if (child.type === "binary_expression" || child.type === "unary_expression")
        this.testWords(child, words);
      else words.push(this.word(child));
    }
  }

  private assignment(node: Node): Assignment {
    const name = node.childForFieldName("name");
    const value = node.childForFieldName("value");
    const appends = node.children.some((it) => it.type === "+=");
    return {
      name: name?.type === "variable_name" ? name.text : "",
      value: appends
        ? { at: this.spanOf(node), parts: [{ kind: "undecided" }] }
        : value === null
          ? { at: this.spanOf(node), parts: [] }
          : this.word(value),
    };
  }

  private word(node: Node): ScriptWord {
    return { at: this.spanOf(node), parts: partsOf(node, 0) };
  }
}

const notAWord = new Set(["comment", "file_redirect", "herestring_redirect", "variable_assignment"]);
const isStatement = (node: Node): boolean =>
  /(?:^|_)(?:command|list|pipeline|statement|subshell)$/.test(node.type) || node.type === "command";

function withRedirects(body: Statement, redirects: readonly Redirect[], end: number): Statement {
  const at = { start: body.at.start, end };
  if (body.kind === "command") return { ...body, at, redirects: [...body.redirects, ...redirects] };
  if (body.kind === "nested") {
    const { command } = body;
    return { ...body, at, command: { ...command, redirects: [...command.redirects, ...redirects] } };
  }
  if (body.kind === "chain" || body.kind === "pipeline") {
    const last = body.items.at(-1);
    if (last === undefined) return { ...body, at };
    return { ...body, at, items: [...body.items.slice(0, -1), withRedirects(last, redirects, end)] };
  }
  return { ...body, at };
}
