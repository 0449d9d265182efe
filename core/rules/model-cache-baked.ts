import { isOnMount } from "../dockerfile/created.ts";
import { removeCommand } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { deletes } from "../dockerfile/paths.ts";
import { runsWith } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import type { ModelDownload } from "../tools/model-download.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const modelCacheBaked = defineRule({
  id: "model-cache-baked",
  on: "dockerfile",
  peers: [],
  summary: "Models or data sets of a hub are downloaded into a layer of the image that ships.",
  docs: `
A model that is fetched while the image is built is stored, pushed and pulled with every version of the image, and a
changed line above it fetches it again. A volume at the hub's folder keeps it between containers and out of the image.

Some want their models inside, to start without a network: so it is a hint. What programs do not fetch by themselves
(models of spaCy, data of NLTK) has to be there and is not reported.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
RUN huggingface-cli download BAAI/bge-small-en-v1.5
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN --mount=type=cache,target=/root/.cache/huggingface huggingface-cli download BAAI/bge-small-en-v1.5
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim AS models
RUN huggingface-cli download BAAI/bge-small-en-v1.5 --local-dir /models

FROM python:3.12-slim
RUN true
\`\`\`
`,
  *check(facts) {
    for (const run of runsWith(facts, "model-download")) {
      for (const command of run.commands) {
        if (command.runs !== "always") continue;
        const downloads = (command.effects ?? []).flatMap((it) => (it.kind === "model-download" ? [it] : []));
        const finding = findingOf(facts, run, command, downloads);
        if (finding !== undefined) yield finding;
      }
    }
  },
});

/** Their libraries fetch what is missing; spacy.load and nltk's data raise an error instead, so they have to be there. */
const fetchesItself: ReadonlySet<ModelDownload["hub"]> = new Set(["huggingface", "torch", "tensorflow"]);

const hubs: Readonly<Record<ModelDownload["hub"], string>> = {
  huggingface: "Hugging Face",
  nltk: "NLTK",
  spacy: "spaCy",
  torch: "PyTorch Hub",
  tensorflow: "TensorFlow Hub",
};

function findingOf(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  downloads: readonly ModelDownload[],
): Finding | undefined {
  const [first] = downloads;
  if (first === undefined || !fetchesItself.has(first.hub)) return undefined;
  const { directory, hub } = first;
  if (directory !== undefined && (isOnMount(run, directory) || isDeleted(run, command, directory)))
    return undefined;
  const way = directory === undefined ? inLayer(facts, run) : shipsFrom(facts, run, directory);
  if (way === undefined) return undefined;
  const names = downloads.flatMap(({ name }) => name ?? []).join(", ");
  return {
    at: first.word.at,
    what: `${names === "" ? "a model" : names} of ${hubs[hub]} is stored in the image`,
    nameFirst: names !== "",
    why: `Every version of the image carries it again.${directory === undefined ? "" : ` A volume at ${directory} keeps it out.`}`,
    saving: unknownSize("nothing at hand tells what the hub sends"),
    taste: true,
    related: way === "layer" ? [] : [{ at: way.at, message: "this COPY takes it into the image that ships" }],
    get fixes() {
      const edit = removeCommand(facts, run, command);
      return edit === undefined
        ? []
        : [{ title: "Fetch it when the container starts", safety: "review" as const, edits: [edit] }];
    },
  };
}

const inLayer = (facts: Facts, run: RunInstruction): "layer" | undefined =>
  facts.shipped.includes(run) ? "layer" : undefined;

const isDeleted = (run: RunInstruction, command: Command, directory: string): boolean =>
  run.commands
    .slice(run.commands.indexOf(command) + 1)
    .some((it) =>
      it.effects?.some(
        (effect) => effect.kind === "remove" && effect.paths.some(({ path }) => deletes(path, directory)),
      ),
    );
