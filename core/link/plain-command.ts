/** The text of a history entry as a person would write it: `RUN …`, `COPY …`, without the builder's boilerplate. */
export function plainCommand(createdBy: string): string {
  const text = createdBy.replace(/\s+# buildkit$/, "").trim();
  // The classic builder: `/bin/sh -c #(nop) COPY …` and `/bin/sh -c apt-get …`.
  const nop = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(text);
  if (nop?.[1] !== undefined) return nop[1].trim();
  const run = /^(?:RUN )?(?:\|\d+ .*? )?\/bin\/(?:ba)?sh(?: -\w+)* (?:-o pipefail )?-c (.*)$/s.exec(text);
  return run?.[1] === undefined ? text : `RUN ${run[1].trim()}`;
}
