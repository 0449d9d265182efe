export type Ink = "red" | "yellow" | "blue" | "dim" | "bold" | "green" | "cyan";

/** Colours a text, or leaves it alone where nobody would see colours. */
export type Paint = (ink: Ink, text: string) => string;

const codes: Readonly<Record<Ink, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** NO_COLOR with any value means no colours (no-color.org). */
export const paintFor = (stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint =>
  stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb"
    ? (ink, text) => `\u001b[${codes[ink][0]}m${text}\u001b[${codes[ink][1]}m`
    : (_, text) => text;
