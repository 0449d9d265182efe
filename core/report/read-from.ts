import type { ReadFrom } from "../image/analysis.ts";

/** How an image's bytes came to be known, behind the word "measured". */
export function readFromText(from: ReadFrom | undefined): string {
  switch (from) {
    case "overlay2-records":
    case "containers-storage-records":
      return " from the engine's own records of its layers";
    case "containerd-content":
      return " from the engine's own store";
    case "engine-export":
      return " from what the engine exports";
    case "cache":
      return ", its layers kept since they were read";
    case "registry":
      return " from the registry's blobs";
    case "file":
    case undefined:
      return "";
  }
}
