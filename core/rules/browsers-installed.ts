import { chainBefore } from "../dockerfile/chain.ts";
import { isOnMount } from "../dockerfile/created.ts";
import { insertBefore, insertWord } from "../dockerfile/edits.ts";
import type { Facts, Instruction, RunInstruction } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { shipsForDevelopment } from "../dockerfile/purpose.ts";
import { sitesOf } from "../dockerfile/sites.ts";
import { otherBrowsersSize, puppeteerChromeSize } from "../size/browser-sizes.ts";
import { lineBreakOf } from "../text/lines.ts";
import type { BrowserDownload } from "../tools/browser-download.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const browsersInstalled = defineRule({
  id: "browsers-installed",
  on: "dockerfile",
  peers: [],
  summary: "More browsers are downloaded into the image than a program drives.",
  docs: `
\`playwright install\` without a name downloads Chromium, Firefox and WebKit; \`--with-deps\` adds the system libraries of
all three. Most programs drive one of them: name it. Installing the npm package puppeteer downloads a Chrome of its own,
also beside a browser that the system's package manager installs.

Nothing is said about images for development and tests, which are there to drive all browsers.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir playwright && playwright install --with-deps
CMD ["python", "scrape.py"]
\`\`\`

\`\`\`dockerfile
FROM node:22-slim
RUN apt-get update && apt-get install -y --no-install-recommends chromium && rm -rf /var/lib/apt/lists/*
RUN npm install puppeteer && npm cache clean --force
CMD ["node", "print.js"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir playwright && playwright install --with-deps chromium
CMD ["python", "scrape.py"]
\`\`\`

\`\`\`dockerfile
FROM node:22-slim AS e2e-tests
RUN npx playwright install --with-deps
\`\`\`

\`\`\`dockerfile
FROM node:22-slim
ENV PUPPETEER_SKIP_DOWNLOAD=true
RUN apt-get update && apt-get install -y --no-install-recommends chromium && rm -rf /var/lib/apt/lists/*
RUN npm install puppeteer && npm cache clean --force
\`\`\`
`,
  *check(facts, world) {
    if (shipsForDevelopment(facts, world)) return;
    for (const { run, effect } of sitesOf(facts, "browser-download")) {
      if (!ships(facts, run, effect)) continue;
      if (effect.tool === "puppeteer") yield* besideAnother(facts, run, effect);
      else if (effect.browsers.length === 0) yield allOfThem(effect);
    }
  },
});

const ships = (facts: Facts, run: RunInstruction, { directory }: BrowserDownload): boolean =>
  directory === undefined
    ? facts.shipped.includes(run)
    : !isOnMount(run, directory) && shipsFrom(facts, run, directory) !== undefined;

const allOfThem = ({ action }: BrowserDownload): Finding => ({
  at: action.at,
  what: "Chromium, Firefox and WebKit are all installed",
  why: "Most programs drive one browser. Name it, and the two others stay out.",
  saving: otherBrowsersSize,
  get fixes() {
    return [
      {
        title: "Install Chromium alone",
        safety: "review" as const,
        edits: [insertWord(action, "chromium")],
      },
    ];
  },
});

/** Packages that bring a browser which Puppeteer can drive, and its program. */
const browserPackages = new Map([
  ["chromium", "/usr/bin/chromium"],
  ["chromium-browser", "/usr/bin/chromium-browser"],
  ["google-chrome-stable", "/usr/bin/google-chrome-stable"],
]);

function* besideAnother(facts: Facts, run: RunInstruction, { action }: BrowserDownload): Generator<Finding> {
  const [other] = [...chainBefore(facts, run), run].flatMap(browsersIn);
  if (other === undefined) return;
  yield {
    at: action.at,
    what: `puppeteer downloads a Chrome beside ${other.name}`,
    nameFirst: true,
    why: "The browser of the system's packages serves it too, once it is told where that is.",
    saving: puppeteerChromeSize,
    related: [{ at: other.word.at, message: "This is a browser already" }],
    get fixes() {
      const eol = lineBreakOf(facts.text);
      const line = `ENV PUPPETEER_SKIP_DOWNLOAD=true PUPPETEER_EXECUTABLE_PATH=${other.program}${eol}`;
      return [
        {
          title: `Let puppeteer drive ${other.name}`,
          safety: "review" as const,
          edits: [insertBefore(facts, run, line)],
        },
      ];
    },
  };
}

const browsersIn = (it: Instruction) =>
  it.kind !== "run"
    ? []
    : it.commands.flatMap(({ runs, effects }) =>
        runs !== "always"
          ? []
          : (effects ?? []).flatMap((effect) =>
              effect.kind === "install"
                ? effect.packages.flatMap(({ name, word }) => {
                    const program = name === undefined ? undefined : browserPackages.get(name);
                    return name === undefined || program === undefined ? [] : [{ name, program, word }];
                  })
                : [],
            ),
      );
