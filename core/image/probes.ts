/** What is read from the inside of an image's files beside whole databases: chosen by path and size alone. */
import type { Bytes } from "../size/bytes.ts";
import type { Probe } from "./probe.ts";

/** What a probe found in one file. */
export interface FileFacts {
  /** What `strip --strip-unneeded` would free of it. */
  readonly strippable?: Bytes;
}

/** Asked for every regular file; undefined where its inside says nothing that is wanted. */
export function probeOf(_path: string, _size: number): Probe<FileFacts | undefined> | undefined {
  return undefined;
}
