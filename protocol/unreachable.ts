/** Ends every switch over a tagged union, so that a new member is a compile error on both sides. */
export function unreachable(it: never): never {
  throw new Error(`unhandled: ${JSON.stringify(it)}`);
}
