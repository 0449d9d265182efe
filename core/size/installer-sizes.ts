import { bytes } from "./bytes.ts";
import { estimated } from "./size.ts";

/** One binary. Linux x86-64 wheels of 0.5 to 0.11 hold this much unpacked. */
export const uvSize = estimated(bytes(38_000_000), bytes(60_000_000), "the uv binary of recent versions");
