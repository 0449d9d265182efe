import { describe, expect, it } from "vitest";
import { namedText, textOf } from "../../../core/text/utf8.ts";

describe("bytes as text", () => {
  it.each(["", "plain", "ä ö ü", "日本語", "🚢 afloat", "\u{10ffff}", "x".repeat(10_000)])("%s", (text) => {
    expect(textOf(Buffer.from(text))).toBe(text);
    expect(namedText(Buffer.from(text))).toBe(text);
  });

  it.each([
    [[0xff]],
    [[0xc0, 0x80]],
    [[0xed, 0xa0, 0x80]],
    [[0xf4, 0x90, 0x80, 0x80]],
    [[0xe2, 0x82]],
    [[0x80]],
  ])("%j is no UTF-8, and yet a name", (bytes) => {
    expect(textOf(Uint8Array.from(bytes))).toBe("\ufffd".repeat(bytes.length));
    expect(namedText(Uint8Array.from(bytes))).toBe(String.fromCharCode(...bytes.map((it) => 0xdc00 + it)));
  });
});
