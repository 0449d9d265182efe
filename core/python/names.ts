/** Names of distributions, extras and dependency groups (PEP 503, PEP 685). */

/** `Foo.Bar_baz` and `foo-bar-baz` are one distribution. */
export const normalised = (name: string): string => name.replace(/[-_.]+/g, "-").toLowerCase();
