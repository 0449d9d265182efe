/**
 * rpm's own database "ndb" (Packages.db; rpm's lib/backend/ndb/rpmpkg.c): a header, pages of slots that say where a
 * package's header lies, and the headers, all little-endian, counted in blocks of 16 bytes.
 */

const magics = { header: 0x506d_7052, slot: 0x746f_6c53, blob: 0x5362_6c42 };
const pageSize = 4_096;
const block = 16;
/** Magic, number, generation and length stand before the header. */
const blobHead = 16;

/** The packages' headers; undefined: no such database. */
export function ndbHeaders(
  bytes: Uint8Array,
): { readonly headers: readonly Uint8Array[]; readonly isBroken: boolean } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < pageSize || view.getUint32(0, true) !== magics.header) return undefined;
  const headers: Uint8Array[] = [];
  let isBroken = false;
  /** Slots that name one blob, or blobs that lie on each other, are made to hurt. */
  const seen = new Set<number>();
  let left = bytes.length;
  const end = Math.min(view.getUint32(12, true) * pageSize, bytes.length);
  // The header takes the place of the first two slots.
  for (let at = 2 * block; at + block <= end; at += block) {
    const package_ = view.getUint32(at + 4, true);
    const start = view.getUint32(at + 8, true) * block;
    if (view.getUint32(at, true) !== magics.slot) isBroken = true;
    else if (package_ !== 0 && start !== 0) {
      const isBlob = start + blobHead <= bytes.length && view.getUint32(start, true) === magics.blob;
      const length = isBlob ? view.getUint32(start + 12, true) : 0;
      left -= blobHead + length;
      if (!isBlob || start + blobHead + length > bytes.length || left < 0 || seen.has(start)) isBroken = true;
      else headers.push(bytes.subarray(start + blobHead, start + blobHead + length));
      seen.add(start);
    }
  }
  return { headers, isBroken };
}
