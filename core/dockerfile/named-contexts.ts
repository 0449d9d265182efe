/**
 * Contexts that a compose or bake file gives a name. BuildKit asks for them before stages and images: a stage of that name
 * is not built, and `FROM` and `COPY --from` mean the context.
 */

/** Undefined: not an image (a folder, a repository), or an image that is not known. */
export type NamedImages = ReadonlyMap<string, string | undefined>;

/** As BuildKit looks for a context: without the parts of an image's name that go without saying. */
export const contextName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(?:docker\.io\/)?(?:library\/)?/, "")
    .replace(/:latest$/, "");

/** The context that a word of `FROM` or `--from` means; undefined: none. */
export const contextOf = <Context>(
  contexts: ReadonlyMap<string, Context>,
  name: string | undefined,
): { readonly context: Context | undefined } | undefined => {
  if (name === undefined || contexts.size === 0) return undefined;
  const key = contextName(name);
  return contexts.has(key) ? { context: contexts.get(key) } : undefined;
};
