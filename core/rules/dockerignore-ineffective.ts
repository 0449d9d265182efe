import type { IgnoreFacts } from "../context/ignore-facts.ts";
import { type Ineffective, ineffectiveLines } from "../context/ineffective.ts";
import { noBytes } from "../size/bytes.ts";
import { measured, unknownSize } from "../size/size.ts";
import { lineStart, nextLine } from "../text/lines.ts";
import type { Span } from "../text/span.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

/** Names in a sentence. */
const mostPaths = 3;

export const dockerignoreIneffective = defineRule({
  id: "dockerignore-ineffective",
  on: "dockerignore",
  peers: [],
  summary: "A line of an ignore file does not keep out what it is written for.",
  docs: `
Docker's ignore files look like Git's and are read otherwise: a pattern without a slash means the top of the build
context only (\`**/node_modules\` means every one), \`#\` is a comment only at the very beginning of a line, \`\\\\\` is no
separator, and nothing outside the context can be named. A later \`!\` line may let everything through again.

Bytes are those that a \`COPY\` takes because of it. A pattern that matches nothing is not reported for that alone. A
\`.dockerignore\` that no build reads, since the Dockerfile beside it has another build context, is reported as well.

## Reported
\`\`\`ignore
node_modules
\`\`\`

\`\`\`ignore
*.log
web # the front end has its own image
\`\`\`

\`\`\`ignore
web/node_modules
!web/**
\`\`\`

## Not reported
\`\`\`ignore
**/node_modules
\`\`\`

\`\`\`ignore
/node_modules
.idea
*.swp
# nothing of this is there
\`\`\`
`,
  exampleContext: {
    "src/main.js": 5_000,
    "web/index.js": 2_000,
    "web/node_modules/react/index.js": 3_000_000,
  },
  *check(facts) {
    if (facts.unread !== undefined) {
      yield unreadFinding(facts, facts.unread);
      return;
    }
    for (const it of ineffectiveLines(facts)) {
      // A COPY that nobody knows may take none of it.
      if (it.trap === "only the top" && facts.builds.length === 0) continue;
      yield {
        at: it.at,
        ...wordsOf(it),
        saving: it.size ?? measured(noBytes, "nothing that a COPY takes gets through because of it"),
        related: it.by === undefined ? [] : [{ at: it.by, message: "This line lets it through again." }],
        elsewhere: it.copies.map((place) => ({ ...place, message: "Copied here" })),
        get fixes() {
          return fixesOf(facts.text, it);
        },
      };
    }
  },
});

function unreadFinding({ text }: IgnoreFacts, unread: NonNullable<IgnoreFacts["unread"]>): Finding {
  return {
    at: firstLine(text),
    what: `no build reads this file: ${unread.dockerfile} has another build context`,
    why: `Docker looks for .dockerignore in the build context, ${unread.context}, and for ${unread.dockerfile}.dockerignore beside the Dockerfile. Move it to one of the two.`,
    saving: unknownSize("it is not known which lines of it the other context needs"),
    fixes: [],
  };
}

function firstLine(text: string): Span {
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  return { start, end: start + text.slice(start, nextLine(text, start)).trimEnd().length };
}

function wordsOf({ trap, line, paths }: Ineffective): Pick<Finding, "what" | "why"> {
  const listed = listOf(paths);
  switch (trap) {
    case "only the top":
      return {
        what: `"${line}" means the top of the build context only: ${listed} ${verb(paths)} let through`,
        why: "Unlike in .gitignore, a pattern without a slash is not looked for in folders; **/ in front of it does that.",
      };
    case "let through again":
      return {
        what: `"${line}" has no effect: a later line lets ${listed} through again`,
        why: "The last line that matches a path decides.",
      };
    case "comment behind":
      return {
        what: `"${line}" is one pattern, and it matches nothing`,
        why: "A # is a comment only at the very beginning of a line; move the comment to a line of its own.",
      };
    case "backslashes":
      return {
        what: `"${line}" does not match: ${listed} ${verb(paths)} let through`,
        why: "A backslash takes the meaning from the character behind it; folders are parted by a slash, on every system.",
      };
    case "outside":
      return {
        what: `"${line}" matches nothing: it leads out of the build context`,
        why: "Patterns are relative to the build context, also in a file beside the Dockerfile. Name the path from there, or remove the line.",
      };
    case "refused":
      return {
        what: `"${line}" is no pattern: Docker refuses to build with it`,
        why: "A set needs a closing bracket, a backslash a character behind it, and ! a pattern. Correct the line or remove it.",
      };
  }
}

function fixesOf(text: string, { trap, at, line }: Ineffective): readonly Fix[] {
  switch (trap) {
    case "only the top":
      return [replace("Leave it out of every folder (**/)", { at, insert: `**/${line}` })];
    case "backslashes":
      return [replace("Part the folders by slashes", { at, insert: line.replaceAll("\\", "/") })];
    case "comment behind": {
      const [pattern = "", comment = ""] = line.split(/\s+(?=#)(.*)/s);
      const start = lineStart(text, at.start);
      const eol = text.includes("\r\n") ? "\r\n" : "\n";
      return [
        replace("Move the comment to a line of its own", {
          at: { start, end: at.end },
          insert: `${comment}${eol}${pattern}`,
        }),
      ];
    }
    case "let through again":
    case "outside":
    case "refused":
      return [];
  }
}

const replace = (title: string, edit: Fix["edits"][number]): Fix => ({
  title,
  safety: "review",
  edits: [edit],
});

const listOf = (paths: readonly string[]): string => {
  const more = paths.length - mostPaths;
  const shown = paths.slice(0, mostPaths).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
};

const verb = (paths: readonly string[]): string => (paths.length === 1 ? "is" : "are");
