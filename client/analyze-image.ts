import { type QuickPickItem, QuickPickItemKind, window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type AnalyzeParams, type ImagesResult, imagesRequest } from "../protocol/requests.ts";
import { ageLabel } from "./age-label.ts";
import { showProblem } from "./show.ts";
import type { TreemapPanel } from "./treemap-panel.ts";

type Target = AnalyzeParams["target"];

interface TargetItem extends QuickPickItem {
  readonly target?: Target;
  readonly opensArchive?: boolean;
}

/** Asks which image, unless an archive is given, and shows it. */
export async function analyzeImage(
  client: LanguageClient,
  panel: TreemapPanel,
  archive: string | undefined,
): Promise<void> {
  const target: Target | undefined =
    archive === undefined ? await pickTarget(client) : { kind: "archive", path: archive };
  if (target !== undefined) await panel.analyze(target);
}

async function pickTarget(client: LanguageClient): Promise<Target | undefined> {
  const picked = await window.showQuickPick(itemsOf(client), {
    title: "Plimsoll: Analyze Image",
    placeHolder: "Choose an image of the Docker engine",
    matchOnDescription: true,
  });
  return picked?.opensArchive === true ? openArchive() : picked?.target;
}

async function itemsOf(client: LanguageClient): Promise<TargetItem[]> {
  const archive: TargetItem = {
    label: "$(folder-opened) Open an image archive…",
    detail: "A file that docker save or an OCI tool wrote",
    opensArchive: true,
  };
  const result = await client.sendRequest<ImagesResult>(imagesRequest);
  if (!result.ok) {
    // The archive needs no engine, so the list is shown all the same.
    void showProblem(result.problem);
    return [archive];
  }
  const images = result.images.map(
    ({ reference, id, bytes, created }): TargetItem => ({
      label: reference,
      description: `${sizeLabel(bytes)} · ${ageLabel(created, Date.now() / 1000)}`,
      target: { kind: "image", reference: reference === id ? id : reference },
    }),
  );
  return [...images, { label: "", kind: QuickPickItemKind.Separator }, archive];
}

/** As the engine states it, decimal, like `docker images`; the measured sizes come with the analysis. */
function sizeLabel(bytes: number): string {
  const exponent = bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3;
  const value = bytes / 1000 ** exponent;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${["", "kB", "MB", "GB"][exponent]}`;
}

async function openArchive(): Promise<Target | undefined> {
  const [file] =
    (await window.showOpenDialog({
      title: "Open an image archive",
      filters: { "Image archives": ["tar", "gz", "tgz"], "All files": ["*"] },
    })) ?? [];
  return file === undefined ? undefined : { kind: "archive", path: file.fsPath };
}
