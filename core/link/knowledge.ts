/**
 * Knowledge: what an analysed image tells about the instructions of one Dockerfile.
 *
 * Invariant (promise 2): a number belongs to an instruction's exact text. Other text, no number.
 */
import type { Bytes } from "../size/bytes.ts";

export interface Knowledge {
  /** Reference the image was asked for by; the words after "Measured:". */
  readonly image: string;
  readonly imageId: string;
  /** Layers by the chain position and exact text of the instruction that made them. */
  readonly layers: readonly KnownLayer[];
  /** The layers that came with the base image; absent: it is not known which they are. */
  readonly base?: KnownBase;
}

export interface KnownBase {
  /** Name of the base image in the Dockerfile when the image was linked. */
  readonly image: string;
  readonly bytes: Bytes;
}

export interface KnownLayer {
  /** The instruction's source text when the image was linked. */
  readonly instruction: string;
  /** Place in the manifest, lowest first. */
  readonly layer: number;
  readonly bytes: Bytes;
  /** Bytes of this layer that a later layer hides. */
  readonly wasted: Bytes;
  /** Bytes of earlier layers that this layer hides. */
  readonly hides: Bytes;
}
