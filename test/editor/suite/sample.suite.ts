import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  ConfigurationTarget,
  commands,
  type Diagnostic,
  DiagnosticSeverity,
  extensions,
  type Hover,
  type InlayHint,
  languages,
  MarkdownString,
  Position,
  Range,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";

const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
const dockerfile = Uri.file(join(folder, "docker", "api.Dockerfile"));
const all = new Range(0, 0, 10_000, 0);

describe("the extension on the sample", () => {
  let document: TextDocument;

  before(async () => {
    document = await workspace.openTextDocument(dockerfile);
    await window.showTextDocument(document);
  });

  it("is activated by a Dockerfile and registers its commands", async () => {
    const extension = extensions.getExtension("plimsoll.plimsoll");
    ok(extension !== undefined, "the extension is not there");
    await until(() => extension.isActive, "it is not active");
    const registered = await commands.getCommands(true);
    for (const { command } of extension.packageJSON.contributes.commands) {
      ok(registered.includes(command), `${command} is not registered`);
    }
  });

  it("shows findings with their sizes, also where the workspace is not trusted", async () => {
    const tests = await findingAt(document, 102);
    strictEqual(tests.code === undefined ? "" : codeOf(tests), "tests-copied");
    strictEqual(tests.severity, DiagnosticSeverity.Warning);
    match(tests.message, /\(2\.75 MB\)/);
    const tools = await findingAt(document, 27);
    strictEqual(codeOf(tools), "build-tools-shipped");
    match(tools.message, /~\d+–\d+ MB/);
    ok(tools.relatedInformation?.some((it) => it.location.range.start.line === 28));
  });

  it("takes no address of an engine from a workspace that is not trusted", function () {
    // A desktop VS Code under test trusts every workspace.
    if (workspace.isTrusted) this.skip();
    strictEqual(workspace.getConfiguration("plimsoll").get("engine.host"), "");
  });

  it("says in a hover how it is known and what is in it, beside the diagnostic", async () => {
    const { range } = await findingAt(document, 102);
    const hovers = await commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      dockerfile,
      range.start,
    );
    const text = hovers
      .flatMap((it) => it.contents)
      .map((it) => (it instanceof MarkdownString ? it.value : String(it)))
      .join("\n");
    match(text, /^Measured: files of the build context/);
    match(text, /tests\/fixtures\/ \| 2\.75 MB/);
    strictEqual(text.includes("Tests are copied"), false);
  });

  it("shows sizes at the ends of lines", async () => {
    const hints = await until(async () => {
      const found = await hintsOf(document);
      return found.length > 0 ? found : undefined;
    }, "no hints came");
    strictEqual(labelAt(hints, 102), "2.75 MB");
    strictEqual(hints.filter((it) => it.position.line === 102).length, 1);
  });

  it("applies a quick fix, and the file is right", async () => {
    const before = document.getText();
    const finding = await findingAt(document, 102);
    const actions = await actionsAt(document, finding.range, CodeActionKind.QuickFix);
    const [fix] = actions;
    ok(fix?.edit !== undefined, `no fix among ${actions.map(({ title }) => title).join("; ")}`);
    ok(await workspace.applyEdit(fix.edit));
    const lines = before.split("\n");
    const expected = lines.filter((it) => it !== "COPY tests ./tests");
    const after = document.getText().split("\n");
    ok(!after.includes("COPY tests ./tests"));
    ok(
      after.every((it) => expected.includes(it)),
      "the fix changed a line it did not mean to",
    );
    await until(
      () =>
        diagnosticsOf(document).every((it) => !(codeOf(it) === "tests-copied" && /2\.75/.test(it.message))),
      "the finding is still there",
    );
    await commands.executeCommand("undo");
    strictEqual(document.getText(), before);
    await findingAt(document, 102);
  });

  it("writes a comment that silences a finding", async () => {
    const before = document.getText();
    const finding = await findingAt(document, 102);
    const actions = await actionsAt(document, finding.range, CodeActionKind.QuickFix);
    const ignore = actions.find((it) => /^Ignore tests-copied/.test(it.title));
    ok(ignore?.edit !== undefined, "no such action");
    ok(await workspace.applyEdit(ignore.edit));
    match(document.lineAt(102).text, /^# plimsoll: ignore\[tests-copied\]/);
    await until(() => !diagnosticsOf(document).some((it) => it.range.start.line === 103), "still reported");
    await commands.executeCommand("undo");
    strictEqual(document.getText(), before);
  });

  it("opens the page of a rule", async () => {
    const { range } = await findingAt(document, 102);
    const actions = await actionsAt(document, range, CodeActionKind.QuickFix);
    const open = actions.find((it) => it.title === "Open the rule tests-copied");
    ok(open?.command !== undefined, `not among ${actions.map(({ title }) => title).join("; ")}`);
    await commands.executeCommand(open.command.command, ...(open.command.arguments ?? []));
    const tabs = (): string[] => window.tabGroups.all.flatMap((it) => it.tabs.map(({ label }) => label));
    await until(() => tabs().some((it) => it.includes("tests-copied.md")), "no page");
    await commands.executeCommand("workbench.action.closeActiveEditor");
    await window.showTextDocument(document);
  });

  it("says over stages what they weigh, and lists it", async () => {
    const lenses = await until(async () => {
      const found = await commands.executeCommand<CodeLens[]>(
        "vscode.executeCodeLensProvider",
        dockerfile,
        50,
      );
      return found.length > 0 ? found : undefined;
    }, "no lenses");
    const titles = lenses.map((it) => `${it.range.start.line + 1} ${it.command?.title}`);
    ok(titles.includes("69 core-stage: does not ship"), titles.join("; "));
    ok(titles.some((it) => /^1 Image: 5\.06 MB measured/.test(it)));
    const runtime = lenses.find((it) => it.command?.title.startsWith("runtime: "))?.command;
    ok(runtime !== undefined);
    const listed = commands.executeCommand(runtime.command, ...(runtime.arguments ?? []));
    // The heaviest is chosen as with the Enter key, and shown in its line.
    await until(async () => {
      await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return window.activeTextEditor?.selection.active.line === 102;
    }, "the list leads nowhere");
    await listed;
  });

  it("fixes all that is safe as one source action", async () => {
    const path = join(folder, "Dockerfile.kept");
    const text = "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n";
    await workspace.fs.writeFile(Uri.file(path), Buffer.from(text));
    const other = await workspace.openTextDocument(path);
    await window.showTextDocument(other);
    await findingAt(other, 1);
    const kind = CodeActionKind.SourceFixAll.append("plimsoll");
    const [fixAll] = await actionsAt(other, all, kind);
    ok(fixAll?.edit !== undefined, "nothing to fix");
    ok(await workspace.applyEdit(fixAll.edit));
    match(other.getText(), /rm -rf \/var\/lib\/apt\/lists\/\*/);
    await until(() => diagnosticsOf(other).length === 0, "findings are left");
    deepStrictEqual(await actionsAt(other, all, kind), []);
    await other.save();
    strictEqual(readFileSync(path, "utf8"), other.getText());
    await workspace.fs.delete(Uri.file(path));
    await window.showTextDocument(document);
  });

  it("fixes all that is safe when a file is saved, where the user wants it so", async () => {
    const path = join(folder, "Dockerfile.saved");
    const text = "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n";
    await workspace.fs.writeFile(Uri.file(path), Buffer.from(text));
    const editor = workspace.getConfiguration("editor", { languageId: "dockerfile" });
    const wish = { "source.fixAll.plimsoll": "explicit" };
    await editor.update("codeActionsOnSave", wish, ConfigurationTarget.Global, true);
    const other = await workspace.openTextDocument(path);
    const shown = await window.showTextDocument(other);
    await findingAt(other, 1);
    await shown.edit((it) => it.insert(new Position(0, 0), "# saved\n"));
    await findingAt(other, 2);
    await other.save();
    match(other.getText(), /^# saved\nFROM debian:12\nRUN .*rm -rf \/var\/lib\/apt\/lists\/\*/);
    await until(() => readFileSync(path, "utf8") === other.getText(), "the fixed text is not saved");
    await editor.update("codeActionsOnSave", undefined, ConfigurationTarget.Global, true);
    await workspace.fs.delete(Uri.file(path));
    await window.showTextDocument(document);
  });

  it("shows what an ignore file lets through, on its line", async () => {
    const sub = Uri.file(join(folder, "sub"));
    const write = (path: string, text: string): Thenable<void> =>
      workspace.fs.writeFile(Uri.joinPath(sub, path), Buffer.from(text));
    await write("Dockerfile", "FROM scratch\nCOPY . /\n");
    await write("web/node_modules/x.js", "x".repeat(2_000_000));
    await write(".dockerignore", ".git\nnode_modules\n");
    const ignore = await workspace.openTextDocument(Uri.joinPath(sub, ".dockerignore"));
    await window.showTextDocument(ignore);
    const finding = await findingAt(ignore, 1);
    strictEqual(codeOf(finding), "dockerignore-ineffective");
    match(finding.message, /web\/node_modules is let through \(2\.00 MB\)/);
    const [fix] = await actionsAt(ignore, finding.range, CodeActionKind.QuickFix);
    ok(fix?.edit !== undefined && (await workspace.applyEdit(fix.edit)), "no fix");
    strictEqual(ignore.getText(), ".git\n**/node_modules\n");
    await until(() => diagnosticsOf(ignore).length === 0, "the finding is still there");
    await ignore.save();
    await workspace.fs.delete(sub, { recursive: true });
    await window.showTextDocument(document);
  });

  it("analyses an archive, and the lines show what was measured", async () => {
    await commands.executeCommand("plimsoll.analyzeImage", Uri.file(join(folder, "sample-image.tar")));
    const tabs = (): string[] => window.tabGroups.all.flatMap((it) => it.tabs.map(({ label }) => label));
    await until(() => tabs().some((it) => /truthgraph-api:sample|sample-image\.tar/.test(it)), "no picture");
    const hints = await until(async () => {
      const found = await hintsOf(document);
      return labelAt(found, 109) === undefined ? undefined : found;
    }, "nothing measured on line 110");
    // The chmod stores all of /app again, and every byte of it is known from the image.
    match(labelAt(hints, 109) ?? "", /^5\.0\d MB$/);
  });

  it("takes the address of an engine from a trusted workspace", async () => {
    if (!workspace.isTrusted) {
      const granted = new Promise<void>((resolve) => workspace.onDidGrantWorkspaceTrust(resolve));
      await commands.executeCommand("workbench.trust.manage");
      await granted;
    }
    const host = await until(
      () => workspace.getConfiguration("plimsoll").get<string>("engine.host") || undefined,
      "the setting has no effect",
    );
    strictEqual(host, "unix:///nowhere/of-the-workspace.sock");
    await window.showTextDocument(document);
    await findingAt(document, 102);
  });

  it("starts its server anew", async () => {
    await commands.executeCommand("plimsoll.restartServer");
    await findingAt(document, 102);
  });
});

const diagnosticsOf = (document: TextDocument): readonly Diagnostic[] =>
  languages.getDiagnostics(document.uri).filter((it) => it.source === "plimsoll");

const codeOf = ({ code }: Diagnostic): string => String(typeof code === "object" ? code.value : (code ?? ""));

const findingAt = (document: TextDocument, line: number): Promise<Diagnostic> =>
  until(
    () => diagnosticsOf(document).find((it) => it.range.start.line === line && /\d [kM]B/.test(it.message)),
    `no finding with a size on line ${line + 1}`,
  );

const hintsOf = async (document: TextDocument): Promise<readonly InlayHint[]> =>
  (await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", document.uri, all)) ?? [];

const labelAt = (hints: readonly InlayHint[], line: number): string | undefined => {
  const label = hints.find((it) => it.position.line === line)?.label;
  return typeof label === "string" ? label : label?.map(({ value }) => value).join("");
};

const actionsAt = async (
  document: TextDocument,
  range: Range,
  kind: CodeActionKind,
): Promise<readonly CodeAction[]> =>
  (await commands.executeCommand<CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    kind.value,
    20,
  )) ?? [];

/** Asks until there is an answer; the suite's own limit ends it. */
async function until<Found>(
  look: () => Found | undefined | false | Promise<Found | undefined | false>,
  otherwise: string,
): Promise<Found> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(otherwise);
}
