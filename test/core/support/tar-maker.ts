/** Tar archives block by block, for what no program writes. */

const block = 512;

export interface RawHead {
  readonly name?: string | Uint8Array;
  readonly size?: number | string | Uint8Array;
  readonly flag?: string;
  readonly link?: string;
  readonly magic?: string;
  readonly prefix?: string;
  /** Written over the header before its checksum is made. */
  readonly patch?: Readonly<Record<number, string | Uint8Array>>;
}

export function head(it: RawHead): Buffer {
  const res = Buffer.alloc(block);
  const { name = "file", size = 0, flag = "0", link = "", magic = "ustar\u000000", prefix = "" } = it;
  Buffer.from(name).copy(res, 0, 0, 100);
  res.write("0000644\0", 100);
  res.write("0000000\0", 108);
  res.write("0000000\0", 116);
  if (typeof size === "number") res.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else Buffer.from(size).copy(res, 124, 0, 12);
  res.write("00000000000\0", 136);
  res.write(flag, 156, "latin1");
  res.write(link, 157, 100, "latin1");
  res.write(magic, 257, "latin1");
  res.write(prefix, 345, 155);
  for (const [at, bytes] of Object.entries(it.patch ?? {})) Buffer.from(bytes).copy(res, Number(at));
  return summed(res);
}

/** With the checksum that belongs to its other bytes. */
export function summed(header: Buffer): Buffer {
  header.write("        ", 148);
  const sum = header.reduce((total, it) => total + it, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

export function padded(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block)]);
}

export const file = (name: string, content: string | Uint8Array, more: RawHead = {}): Buffer =>
  Buffer.concat([head({ name, size: Buffer.from(content).length, ...more }), padded(content)]);

/** `LENGTH KEY=VALUE\n`; a value that is no text is given as bytes. */
export function record(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export const pax = (values: Readonly<Record<string, string | Uint8Array>>, flag = "x"): Buffer =>
  extended(Buffer.concat(Object.entries(values).map(([key, value]) => record(key, value))), flag);

export const extended = (body: string | Uint8Array, flag = "x"): Buffer =>
  file("././@PaxHeader", body, { flag });

export const archive = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([...parts, Buffer.alloc(2 * block)]);

/** 12 bytes, the first one marked. */
export function base256(value: bigint): Buffer {
  const res = Buffer.alloc(12);
  let left = value;
  for (let at = 11; at > 0; at -= 1) {
    res[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  res[0] = 0x80;
  return res;
}

/** The header of a sparse file in GNU's old format: starts and lengths of up to four parts in turn. */
export const oldSparse = (
  numbers: readonly number[],
  size: number,
  stored: number,
  isLong = false,
): Buffer => {
  const octal = (it: number): string => `${it.toString(8).padStart(11, "0")}\0`;
  const patch: Record<number, string> = { 482: isLong ? "\u0001" : "\0", 483: octal(size) };
  numbers.slice(0, 8).forEach((it, index) => {
    patch[386 + index * 12] = octal(it);
  });
  return head({ name: "holes", size: stored, flag: "S", magic: "ustar  \0", patch });
};
