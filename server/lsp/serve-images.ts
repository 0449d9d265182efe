import type { Connection } from "vscode-languageserver/node";
import {
  type AnalyzeParams,
  type AnalyzeResult,
  analyzeRequest,
  type ChooseDockerfileParams,
  type ClearCacheResult,
  chooseDockerfileRequest,
  clearImageCacheRequest,
  type DetailsResult,
  detailsRequest,
  type ExportResult,
  exportRequest,
  type ForgetParams,
  forgetNotification,
  type GroupParams,
  type GroupResult,
  groupRequest,
  type ImagesResult,
  imagesRequest,
  type LayerAtParams,
  type LayerAtResult,
  type LocateParams,
  type LocateResult,
  layerAtRequest,
  locateRequest,
  type RowsResult,
  rowsRequest,
  type SubtreeResult,
  subtreeRequest,
} from "../../protocol/requests.ts";
import type { NodeName, TreeName } from "../../protocol/view.ts";
import type { Fence } from "./fence.ts";
import type { ImageDesk } from "./image-desk.ts";

/** Wires the messages about images; `images`: made when the first of them arrives. */
export function serveImages(connection: Connection, fence: Fence, images: () => ImageDesk): void {
  connection.onRequest(
    imagesRequest,
    fence.request<unknown, ImagesResult>(imagesRequest, () => images().images()),
  );
  connection.onRequest(
    analyzeRequest,
    fence.request<AnalyzeParams, AnalyzeResult>(analyzeRequest, (params, token) =>
      images().analyze(params, token),
    ),
  );
  connection.onRequest(
    chooseDockerfileRequest,
    fence.request<ChooseDockerfileParams, AnalyzeResult>(chooseDockerfileRequest, (params) =>
      images().chooseDockerfile(params),
    ),
  );
  connection.onRequest(
    clearImageCacheRequest,
    fence.request<unknown, ClearCacheResult>(clearImageCacheRequest, () => images().clearCache()),
  );
  connection.onRequest(
    groupRequest,
    fence.request<GroupParams, GroupResult>(groupRequest, (params) => images().pictures.ask("group", params)),
  );
  connection.onRequest(
    subtreeRequest,
    fence.request<NodeName, SubtreeResult>(subtreeRequest, (params) =>
      images().pictures.ask("subtree", params),
    ),
  );
  connection.onRequest(
    rowsRequest,
    fence.request<NodeName, RowsResult>(rowsRequest, (params) => images().pictures.ask("rows", params)),
  );
  connection.onRequest(
    detailsRequest,
    fence.request<NodeName, DetailsResult>(detailsRequest, (params) =>
      images().pictures.ask("details", params),
    ),
  );
  connection.onRequest(
    exportRequest,
    fence.request<TreeName, ExportResult>(exportRequest, (params) => images().pictures.ask("csv", params)),
  );
  connection.onRequest(
    locateRequest,
    fence.request<LocateParams, LocateResult>(locateRequest, (params) => images().locate(params)),
  );
  connection.onRequest(
    layerAtRequest,
    fence.request<LayerAtParams, LayerAtResult>(layerAtRequest, (params) => images().layerAt(params)),
  );
  connection.onNotification(
    forgetNotification,
    fence.notification<ForgetParams>(forgetNotification, (params) => images().forget(params)),
  );
}
