import { type QuickPickItem, QuickPickItemKind, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type ImagesResult, imagesRequest, type Problem } from "../protocol/requests.ts";
import { ageLabel } from "./age-label.ts";
import { openSetting } from "./show.ts";
import type { Target } from "./targets.ts";
import type { TreemapPanel } from "./treemap-panel.ts";

interface TargetItem extends QuickPickItem {
  readonly choice?: Choice;
}

type Choice =
  | { readonly kind: "target"; readonly target: Target }
  | { readonly kind: "archive" }
  | { readonly kind: "registry" }
  | { readonly kind: "again" }
  | { readonly kind: "setting"; readonly setting: string };

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
    placeHolder: "Choose an image of the Docker engine, or an archive",
    matchOnDescription: true,
  });
  switch (picked?.choice?.kind) {
    case "target":
      return picked.choice.target;
    case "archive":
      return openArchive();
    case "registry":
      return askReference();
    case "again":
      return pickTarget(client);
    case "setting":
      await openSetting(picked.choice.setting);
      return undefined;
    default:
      return undefined;
  }
}

const archiveItem: TargetItem = {
  label: "$(folder-opened) Open an Image Archive…",
  detail: "A file that docker save or an OCI tool wrote",
  choice: { kind: "archive" },
};

/** Nothing is asked of a registry before the user names an image there. */
const registryItem: TargetItem = {
  label: "$(cloud) Analyze an Image in a Registry…",
  detail: "By its reference, with the logins of docker login; nothing is pulled",
  choice: { kind: "registry" },
};

const registryAllowed = (): boolean =>
  workspace.getConfiguration("plimsoll").get<boolean>("registry.enabled") === true;

async function askReference(): Promise<Target | undefined> {
  const reference = await window.showInputBox({
    title: "Plimsoll: Analyze an Image in a Registry",
    prompt: "Reference of the image",
    placeHolder: "registry.example.com/team/app:1.2",
    ignoreFocusOut: true,
  });
  return reference === undefined || reference.trim() === ""
    ? undefined
    : { kind: "registry", reference: reference.trim() };
}

async function itemsOf(client: LanguageClient): Promise<TargetItem[]> {
  const result = await client.sendRequest<ImagesResult>(imagesRequest);
  const elsewhere = registryAllowed() ? [archiveItem, registryItem] : [archiveItem];
  // An archive needs no engine, so trouble with one is a row of the list and does not stand in the way.
  if (!result.ok) return [...elsewhere, separator("Docker"), ...problemItems(result.problem)];
  const images = result.images.map(
    ({ reference, id, bytes, created }): TargetItem => ({
      label: reference === id ? id.replace(/^sha256:/, "").slice(0, 12) : reference,
      description: `${sizeLabel(bytes)} · ${ageLabel(created, Date.now() / 1000)}`,
      choice: { kind: "target", target: { kind: "image", reference } },
    }),
  );
  const none: TargetItem = { label: "$(info) The engine holds no images", detail: result.engine };
  return [...(images.length === 0 ? [none] : images), separator(), ...elsewhere];
}

function problemItems({ message, retry, setting }: Problem): TargetItem[] {
  const res: TargetItem[] = [{ label: "$(warning) Images cannot be listed", detail: message }];
  if (retry) res.push({ label: "$(refresh) Try Again", choice: { kind: "again" } });
  if (setting !== undefined) {
    res.push({
      label: "$(gear) Choose Another Engine…",
      description: setting,
      choice: { kind: "setting", setting },
    });
  }
  return res;
}

const separator = (label = ""): TargetItem => ({ label, kind: QuickPickItemKind.Separator });

/** As the engine states it, decimal, like `docker images`; the measured sizes come with the analysis. */
function sizeLabel(bytes: number): string {
  const exponent = bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3;
  const value = bytes / 1000 ** exponent;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${["", "kB", "MB", "GB"][exponent]}`;
}

async function openArchive(): Promise<Target | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const [file] =
    (await window.showOpenDialog({
      title: "Open an image archive",
      ...(folder === undefined ? {} : { defaultUri: folder }),
      filters: { "Image archives": ["tar", "gz", "tgz"], "All files": ["*"] },
    })) ?? [];
  return file === undefined ? undefined : { kind: "archive", path: file.fsPath };
}
