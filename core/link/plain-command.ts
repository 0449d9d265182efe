/** The text of a history entry as a person would write it: `RUN …`, `COPY …`, without the builder's boilerplate. */
export function plainCommand(createdBy: string): string {
  const text = createdBy.replace(/\s+# buildkit$/, "").trim();
  // The classic builder and Buildah: `/bin/sh -c #(nop) COPY …` and `/bin/sh -c apt-get …`.
  const nop = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(text);
  if (nop?.[1] !== undefined) return nop[1].trim();
  // Build arguments stand before the shell; the shell is what SHELL says.
  const run =
    /^(?:RUN )?(?:\|\d+ .*? )?(?:\/usr)?\/bin\/(?:ba|da|a|k|z)?sh(?: -\w+(?: pipefail)?)*? -\w*c (.*)$/s.exec(
      text,
    );
  return run?.[1] === undefined ? text : `RUN ${run[1].trim()}`;
}
