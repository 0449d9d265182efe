import {
  CancellationTokenSource,
  type Disposable,
  type Memento,
  ProgressLocation,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  type AnalysisProgressParams,
  type AnalyzeResult,
  analysisProgressNotification,
  analyzeRequest,
  chooseDockerfileRequest,
  type DetailsResult,
  detailsRequest,
  type ExportResult,
  exportRequest,
  type FirstPictureParams,
  firstPictureNotification,
  forgetNotification,
  type GroupParams,
  type GroupResult,
  groupRequest,
  type LocateParams,
  type LocateResult,
  locateRequest,
  type Picture,
  type RowsResult,
  rowsRequest,
  type SubtreeResult,
  subtreeRequest,
} from "../protocol/requests.ts";
import type { NodeName, Question, ToView, TreeName } from "../protocol/view.ts";
import { fromView } from "./from-view.ts";
import { saveCsv } from "./save-csv.ts";
import { openLine, showProblem } from "./show.ts";
import { firstLabel, isSame, memoryKey, nameOf, type Target } from "./targets.ts";
import { pageOf } from "./treemap-page.ts";

interface Shown {
  readonly generation: number;
  readonly target: Target;
  readonly picture: Picture;
  /** False while only the beginning of its analysis is known. */
  readonly complete: boolean;
}

/** What the server says of a node, for the page. */
type Answer =
  | Pick<Extract<ToView, { type: "subtree" }>, "type" | "node">
  | Pick<Extract<ToView, { type: "rows" }>, "type" | "rows">
  | Pick<Extract<ToView, { type: "details" }>, "type" | "details">;

/** The picture of one image at a time: a new analysis takes the panel over. */
export class TreemapPanel implements Disposable {
  readonly #extension: Uri;
  readonly #client: LanguageClient;
  /** Which Dockerfile the user chose for which image. */
  readonly #memory: Memento;
  readonly #listening: Disposable[];
  #panel: WebviewPanel | undefined;
  /** Of the newest analysis that was asked for. */
  #newest = 0;
  #target: Target | undefined;
  /** What the page shows; it stays, and answers, until there is another picture. */
  #shown: Shown | undefined;
  #running: CancellationTokenSource | undefined;
  /** Tells the notification how far the newest analysis is. */
  #report: ((it: AnalysisProgressParams) => void) | undefined;
  /** Posted again when the page is loaded anew, as the picture is: it keeps nothing while it is hidden. */
  #progress: ToView | undefined;
  #failure: ToView | undefined;

  constructor(extension: Uri, client: LanguageClient, memory: Memento) {
    this.#extension = extension;
    this.#client = client;
    this.#memory = memory;
    this.#listening = [
      client.onNotification(firstPictureNotification, ({ generation, picture }: FirstPictureParams) => {
        if (generation === this.#newest) this.#showFirst(picture);
      }),
      client.onNotification(analysisProgressNotification, (it: AnalysisProgressParams) => {
        if (it.generation === this.#newest) {
          this.#showProgress(it);
          this.#report?.(it);
        }
      }),
    ];
  }

  async analyze(target: Target): Promise<void> {
    this.#running?.cancel();
    this.#newest += 1;
    this.#target = target;
    this.#failure = undefined;
    const generation = this.#newest;
    const running = new CancellationTokenSource();
    this.#running = running;
    const name = nameOf(target);
    this.#open(name);
    this.#showProgress({ done: 0, total: null, label: firstLabel(target) });
    const result = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Analyzing ${name}`, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => running.cancel());
        let reported = 0;
        this.#report = ({ done, total, label }) => {
          const percent = total === null || total === 0 ? 0 : Math.min(100, (100 * done) / total);
          progress.report({ message: label, increment: Math.max(0, percent - reported) });
          reported = Math.max(reported, percent);
        };
        return this.#request(generation, target, running);
      },
    );
    running.dispose();
    if (generation !== this.#newest || this.#panel === undefined) {
      // Nobody looks at it any more.
      if (result.ok) this.#forget(generation);
      return;
    }
    this.#running = undefined;
    this.#progress = undefined;
    if (result.ok) {
      this.#show({ generation, target, picture: result.picture, complete: true });
      return;
    }
    this.#failure = { type: "failed", message: result.problem.message, retry: result.problem.retry };
    this.#post(this.#failure);
    if (running.token.isCancellationRequested) return;
    if (await showProblem(result.problem)) await this.analyze(target);
  }

  /** The user says which Dockerfile made the image that is shown; that is remembered for its name. */
  async chooseDockerfile(uri: string): Promise<void> {
    const shown = this.#shown;
    if (shown?.complete !== true || this.#panel === undefined) {
      void window.showInformationMessage("Analyze an image first; then choose the Dockerfile that made it.");
      return;
    }
    const { generation, target } = shown;
    await this.#memory.update(memoryKey(target), uri);
    const result = await this.#client.sendRequest<AnalyzeResult>(chooseDockerfileRequest, {
      generation,
      uri,
    });
    if (generation !== this.#shown?.generation) return;
    if (result.ok) this.#show({ ...shown, picture: result.picture });
    else await showProblem(result.problem);
  }

  /** False: this picture is not the one that is held. */
  select(generation: number, id: number): boolean {
    if (generation !== this.#shown?.generation || this.#panel === undefined) return false;
    this.#panel.reveal(undefined, true);
    this.#post({ type: "select", generation, id });
    return true;
  }

  dispose(): void {
    this.#running?.cancel();
    this.#panel?.dispose();
    for (const it of this.#listening) it.dispose();
  }

  async #request(
    generation: number,
    target: Target,
    running: CancellationTokenSource,
  ): Promise<AnalyzeResult> {
    const dockerfile = this.#memory.get<string>(memoryKey(target));
    try {
      return await this.#client.sendRequest<AnalyzeResult>(
        analyzeRequest,
        { generation, target, ...(dockerfile === undefined ? {} : { dockerfile }) },
        running.token,
      );
    } catch (cause) {
      const message = running.token.isCancellationRequested
        ? "The analysis was canceled."
        : `The analysis failed: ${cause instanceof Error ? cause.message : String(cause)}`;
      return { ok: false, problem: { message, retry: true } };
    }
  }

  #open(name: string): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal(undefined, true);
      return;
    }
    const media = Uri.joinPath(this.#extension, "dist", "media");
    const panel = window.createWebviewPanel(
      "plimsoll.treemap",
      name,
      { viewColumn: ViewColumn.Beside, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [media] },
    );
    panel.iconPath = Uri.joinPath(this.#extension, "media", "icon.png");
    panel.webview.html = pageOf(
      panel.webview.asWebviewUri(Uri.joinPath(media, "treemap.js")).toString(),
      panel.webview.asWebviewUri(Uri.joinPath(media, "treemap.css")).toString(),
      panel.webview.cspSource,
    );
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#running?.cancel();
      if (this.#shown !== undefined) this.#forget(this.#shown.generation);
      this.#shown = undefined;
    });
    this.#panel = panel;
  }

  async #receive(value: unknown): Promise<void> {
    const message = fromView(value);
    switch (message?.type) {
      case "ready":
        if (this.#shown !== undefined) this.#post(pictureOf(this.#shown));
        for (const it of [this.#progress, this.#failure]) if (it !== undefined) this.#post(it);
        break;
      case "group":
        await this.#group(message.generation, message);
        break;
      case "expand":
      case "rows":
      case "details":
        await this.#look(message);
        break;
      case "reveal":
      case "revealLayer":
        await this.#reveal(message);
        break;
      case "export":
        await this.#export(message);
        break;
      case "cancel":
        this.#running?.cancel();
        break;
      case "retry":
        if (this.#target !== undefined) await this.analyze(this.#target);
        break;
      default:
    }
  }

  async #group(generation: number, { grouping, filter }: Question): Promise<void> {
    const params: GroupParams = { generation, grouping, filter };
    const found = await this.#client.sendRequest<GroupResult>(groupRequest, params);
    if (found !== null && generation === this.#shown?.generation)
      this.#post({ type: "grouped", generation, grouping, filter, ...found });
  }

  async #look({
    type,
    ...params
  }: NodeName & { readonly type: "expand" | "rows" | "details" }): Promise<void> {
    const { generation, tree, id } = params;
    const answer = await this.#answerTo(type, params);
    if (answer === undefined || generation !== this.#shown?.generation) return;
    this.#post({ generation, tree, id, ...answer });
  }

  async #answerTo(type: "expand" | "rows" | "details", params: NodeName): Promise<Answer | undefined> {
    switch (type) {
      case "expand": {
        const node = await this.#client.sendRequest<SubtreeResult>(subtreeRequest, params);
        return node === null ? undefined : { type: "subtree", node };
      }
      case "rows": {
        const rows = await this.#client.sendRequest<RowsResult>(rowsRequest, params);
        return rows === null ? undefined : { type: "rows", rows };
      }
      case "details": {
        const details = await this.#client.sendRequest<DetailsResult>(detailsRequest, params);
        return details === null ? undefined : { type: "details", details };
      }
    }
  }

  async #reveal(params: LocateParams): Promise<void> {
    const result = await this.#client.sendRequest<LocateResult>(locateRequest, params);
    if (result.ok) await openLine(result.uri, result.range);
    else void window.showInformationMessage(result.problem.message);
  }

  async #export(name: TreeName): Promise<void> {
    const result = await this.#client.sendRequest<ExportResult>(exportRequest, name);
    if (result !== null)
      await saveCsv(this.#shown === undefined ? "image" : nameOf(this.#shown.target), result.csv);
  }

  /** A picture of the same image that is all there is worth more than the beginning of a new one. */
  #showFirst(picture: Picture): void {
    const target = this.#target;
    if (target === undefined) return;
    if (this.#shown?.complete === true && isSame(this.#shown.target, target)) return;
    this.#show({ generation: this.#newest, target, picture, complete: false });
  }

  #show(shown: Shown): void {
    if (this.#panel === undefined) return;
    const before = this.#shown;
    this.#shown = shown;
    if (before !== undefined && before.generation !== shown.generation) this.#forget(before.generation);
    this.#panel.title = nameOf(shown.target);
    this.#post(pictureOf(shown));
  }

  #showProgress({ done, total, label }: Omit<AnalysisProgressParams, "generation">): void {
    // The picture above the line may be of another image.
    const name = this.#target === undefined ? "" : `${nameOf(this.#target)}: `;
    this.#progress = { type: "progress", done, total, label: `${name}${label}` };
    this.#post(this.#progress);
  }

  #post(message: ToView): void {
    void this.#panel?.webview.postMessage(message);
  }

  #forget(generation: number): void {
    void this.#client.sendNotification(forgetNotification, { generation }).catch(() => {});
  }
}

const pictureOf = ({ generation, picture: { root, facts }, complete }: Shown): ToView => ({
  type: "picture",
  generation,
  title: facts.reference,
  root,
  complete,
  facts,
});
