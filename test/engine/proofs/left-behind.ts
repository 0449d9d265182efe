import { debian } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

/** One layer with the programs for all of them; addresses are of the image's own disk. */
const tools = `FROM ${debian}
RUN apt-get update && apt-get install -y --no-install-recommends curl git make && rm -rf /var/lib/apt/lists/*
RUN git init -q /srv/repo && cd /srv/repo && git config user.email a@example.org && git config user.name a \\
    && seq 100000 > numbers && git add . && git commit -qm one && seq 100000 200000 > numbers \\
    && printf 'install:\\n\\tcp numbers /usr/local/numbers\\n' > Makefile && git add . && git commit -qm two \\
    && tar -czf /srv/numbers.tar.gz numbers
`;

export const proofs: readonly Proof[] = [
  {
    rule: "download-kept",
    title: "an archive beside its content",
    sizeUnknown: true,
    dockerfile: `${tools}RUN curl -fsSLo /tmp/numbers.tar.gz file:///srv/numbers.tar.gz && tar -xzf /tmp/numbers.tar.gz -C /opt
CMD ["ls", "/opt/numbers"]
`,
  },
  {
    rule: "git-history-cloned",
    title: "one commit is enough",
    sizeUnknown: true,
    dockerfile: `${tools}RUN git clone -q file:///srv/repo /opt/numbers
CMD ["ls", "/opt/numbers/numbers"]
`,
  },
  {
    rule: "source-kept-after-install",
    title: "a tree beside what make installed",
    sizeUnknown: true,
    dockerfile: `${tools}RUN git clone -q --depth 1 file:///srv/repo /tmp/tree && make -C /tmp/tree install
CMD ["ls", "/usr/local/numbers"]
`,
  },
];
