import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type {
  AnalyzeResult,
  DetailsResult,
  ExportResult,
  GroupResult,
  LocateResult,
  Picture,
  RowsResult,
  SubtreeResult,
} from "../../protocol/requests.ts";
import type { Grouping } from "../../protocol/view.ts";
import { writeSampleImage } from "../../scripts/sample-image.ts";
import { Editor } from "./support/editor.ts";
import { sampleCopy } from "./support/places.ts";

const generation = 7;

async function analysed(): Promise<{ readonly editor: Editor; readonly picture: Picture }> {
  const folder = await sampleCopy();
  const path = join(folder, "image.tar");
  writeSampleImage(path);
  const editor = await Editor.start({ folder });
  const result = await editor.request<AnalyzeResult>("plimsoll/analyze", {
    generation,
    target: { kind: "archive", path },
  });
  if (!result.ok) throw new Error(result.problem.message);
  return { editor, picture: result.picture };
}

const group = (editor: Editor, grouping: Grouping, filter = ""): Promise<GroupResult> =>
  editor.request("plimsoll/group", { generation, grouping, filter });

describe("pictures of an image over LSP", () => {
  it("answer whose the bytes are", async () => {
    const { editor, picture } = await analysed();
    const packages = await group(editor, "packages");
    expect(packages?.root.bytes).toBe(picture.root.bytes);
    const tree = packages?.tree ?? -1;
    const name = { generation, tree };
    const rows = await editor.request<RowsResult>("plimsoll/rows", { ...name, id: 0 });
    const torch = rows?.rows.find((it) => it.package?.name === "torch");
    expect(torch).toMatchObject({ kind: "package", name: "torch 2.9.0", layers: [5] });
    expect(torch?.bytes).toBeGreaterThan(9_200_000);
    const node = { ...name, id: torch?.id ?? -1 };
    const inside = await editor.request<SubtreeResult>("plimsoll/subtree", node);
    expect(inside?.bytes).toBe(torch?.bytes);
    const details = await editor.request<DetailsResult>("plimsoll/details", node);
    expect(details?.layers.rows).toEqual([{ layer: 5, bytes: torch?.bytes }]);
    const place = await editor.request<LocateResult>("plimsoll/locate", node);
    expect(place).toMatchObject({ ok: true, range: { start: { line: 86 } } });
    const layer = await editor.request<LocateResult>("plimsoll/locate", { generation, layer: 5 });
    expect(layer).toEqual(place);
    expect(picture.facts.layers[5]).toMatchObject({ command: "COPY /usr/local /usr/local", linked: true });
  });

  it("filter, and go with the files that are shown", async () => {
    const { editor } = await analysed();
    const tests = await group(editor, "layers", "app/tests/");
    expect(tests?.root.children?.filter((it) => it.bytes > 0).map((it) => it.layer?.index)).toEqual([12, 14]);
    const csv = await editor.request<ExportResult>("plimsoll/export", { generation, tree: tests?.tree });
    const rows = csv?.csv.trimEnd().split("\r\n").slice(1) ?? [];
    expect(rows.length).toBe(tests?.root.files);
    expect(rows.every((it) => it.startsWith("/app/tests/"))).toBe(true);
    expect(rows.reduce((sum, it) => sum + Number(it.split(",")[1]), 0)).toBe(tests?.root.bytes);
  });

  it("hold the newest tree beside that of the layers, and refuse what is no longer there", async () => {
    const { editor } = await analysed();
    const first = await group(editor, "folders");
    await group(editor, "hidden");
    const ask = (method: string, tree: number, id = 0): Promise<unknown> =>
      editor.request(`plimsoll/${method}`, { generation, tree, id });
    for (const method of ["subtree", "rows", "details", "export"]) {
      expect(await ask(method, first?.tree ?? -1)).toBeNull();
      expect(await ask(method, 0)).not.toBeNull();
    }
    for (const id of [-1, 1e9, 0.5]) expect(await ask("rows", 0, id)).toBeNull();
    expect(await ask("locate", first?.tree ?? -1)).toMatchObject({ ok: false });
    expect(await ask("locate", 0)).toMatchObject({ ok: false });
    expect(await group(editor, "unheard" as Grouping)).toBeNull();
    expect(await editor.request("plimsoll/locate", { generation, layer: 99 })).toMatchObject({ ok: false });
    await editor.connection.sendNotification("plimsoll/forget", { generation });
    expect(await group(editor, "folders")).toBeNull();
  });
});
