import { insertWord } from "../dockerfile/edits.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { bytes } from "../size/bytes.ts";
import { estimated } from "../size/size.ts";
import { defineRule } from "./rule.ts";

/** Bytes of one record of /var/log/lastlog and of /var/log/faillog on 64-bit Linux. */
const lastlogRecord = 292;
const faillogRecord = 32;
/** The largest number that distributions give to users by themselves; below it the files stay small. */
const largestUsual = 60_000;

/** Releases whose useradd writes the record although nobody has logged in; from shadow 4.9 on it does not. */
const affected =
  /(?:^|[/:-])(?:ubuntu:?(?:14|16|18|20|22)\.04|ubuntu:(?:trusty|xenial|bionic|focal|jammy)|debian:(?:8|9|10|11|jessie|stretch|buster|bullseye)|centos:?[78]?)(?:[^0-9]|$)|[:-](?:stretch|buster|bullseye)(?:-|$)/;

export const sparseUserLog = defineRule({
  id: "sparse-user-log",
  on: "dockerfile",
  peers: ["hadolint DL3046", "droast DF064"],
  summary: "useradd with a large number writes a log that is as long as the number is large.",
  docs: `
\`useradd\` keeps a record per user in \`/var/log/lastlog\` and \`/var/log/faillog\`, at the place of the user's number. For a
large number the files are mostly holes, and a layer stores the holes as zeros. \`--no-log-init\` writes no record.

Debian 12 and newer releases write none by themselves; reported are the releases that do.

## Reported
\`\`\`dockerfile
FROM ubuntu:22.04
RUN useradd --uid 1000860000 app
\`\`\`

## Not reported
\`\`\`dockerfile
FROM ubuntu:22.04
RUN useradd --no-log-init --uid 1000860000 app
\`\`\`

\`\`\`dockerfile
FROM ubuntu:22.04
RUN useradd --uid 1001 app
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN useradd --uid 1000860000 app
\`\`\`
`,
  *check(facts) {
    for (const { run, effect } of shippedSites(facts, "add-user")) {
      if (!effect.writesLogs || !affected.test(facts.stages[run.stage]?.baseImage ?? "")) continue;
      const { uid, uidWord, program } = effect;
      if (uid === undefined || uid <= largestUsual || uid >= 2 ** 32 || uidWord === undefined) continue;
      yield {
        at: uidWord.at,
        what: `a user with the number ${uid} makes long login logs`,
        why: "The logs have a record at the place of the number, and a layer stores the holes before it as zeros.",
        saving: estimated(
          bytes(lastlogRecord * uid),
          bytes((lastlogRecord + faillogRecord) * (uid + 1)),
          "one record of /var/log/lastlog, perhaps one of /var/log/faillog, at the place of the number",
        ),
        get fixes() {
          return [
            {
              title: "Add --no-log-init",
              safety: "safe" as const,
              edits: [insertWord(program, "--no-log-init")],
            },
          ];
        },
      };
    }
  },
});
