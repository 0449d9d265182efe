import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import type { ModelDownload } from "./model-download.ts";
import { type Invocation, optionValue, splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "--local-dir",
  "--cache-dir",
  "--revision",
  "--repo-type",
  "--include",
  "--exclude",
  "--token",
  "--max-workers",
]);

/** The command line of the Hugging Face hub, by its old and its new name. */
export const huggingface: Tool = {
  names: ["huggingface-cli", "hf"],
  effects({ words, directory, environment }) {
    const args = splitArguments(words, valued);
    const [action, name] = args.operands;
    if (action?.text !== "download" || name === undefined) {
      return ["login", "whoami", "auth", "version", "env"].includes(action?.text ?? "")
        ? [{ kind: "nothing" }]
        : undefined;
    }
    const into = optionValue(args, "--local-dir", "--cache-dir");
    return [
      {
        kind: "model-download",
        hub: "huggingface",
        name: name.text,
        word: name,
        directory:
          into === undefined ? huggingfaceCache(environment.get("HF_HOME")) : posixJoin(directory, into.text),
      },
    ];
  },
};

export const huggingfaceCache = (home: string | undefined): string =>
  `${home ?? "/root/.cache/huggingface"}/hub`;

export const spacy: Tool = {
  names: ["spacy"],
  effects: ({ words }) => spacyEffects(words),
};

/** `spacy download NAME`; the model is a Python package. */
export function spacyEffects(words: Invocation["words"]): readonly Effect[] | undefined {
  const [action, name] = splitArguments(words, new Set()).operands;
  if (action?.text !== "download" || name === undefined) return undefined;
  return [{ kind: "model-download", hub: "spacy", name: name.text, word: name, directory: undefined }];
}

/** `python -m nltk.downloader [-d DIRECTORY] NAME…` */
export function nltkEffects({ words, directory, environment }: Invocation): readonly Effect[] {
  const args = splitArguments(words, new Set(["-d", "--dir", "-u", "--url"]));
  const into = optionValue(args, "-d", "--dir")?.text ?? environment.get("NLTK_DATA");
  return args.operands.map(
    (word): ModelDownload => ({
      kind: "model-download",
      hub: "nltk",
      name: word.text,
      word,
      directory: into === undefined ? "/root/nltk_data" : posixJoin(directory, into),
    }),
  );
}

const scripted: readonly (readonly [hub: ModelDownload["hub"], call: RegExp])[] = [
  ["nltk", /\bnltk\.download\(\s*(?:info_or_id\s*=\s*)?['"]([^'"]+)['"]/],
  [
    "huggingface",
    /\b(?:from_pretrained|snapshot_download|hf_hub_download)\(\s*(?:repo_id\s*=\s*)?['"]([^'"]+)['"]/,
  ],
  ["huggingface", /\b(?:SentenceTransformer|CrossEncoder|WhisperModel|load_dataset)\(\s*['"]([^'"]+)['"]/],
  ["huggingface", /\bpipeline\([^)]*model\s*=\s*['"]([^'"]+)['"]/],
  ["spacy", /\bspacy\.cli\.download\(\s*['"]([^'"]+)['"]/],
  ["torch", /\btorch\.hub\.load\([^)]*['"]([^'"]+)['"]\s*\)/],
];

/** A line of Python in the Dockerfile that fetches a model: `python -c "…from_pretrained('NAME')"`. */
export function scriptedDownloads(
  script: Invocation["words"][number],
  environment: Invocation["environment"],
) {
  return scripted.flatMap(([hub, call]): ModelDownload[] => {
    const name = call.exec(script.text ?? "")?.[1];
    // A path is a model that is there already.
    if (name === undefined || /^[./]/.test(name)) return [];
    const directory =
      hub === "huggingface"
        ? huggingfaceCache(environment.get("HF_HOME"))
        : hub === "nltk"
          ? (environment.get("NLTK_DATA") ?? "/root/nltk_data")
          : undefined;
    return [{ kind: "model-download", hub, name, word: script, directory }];
  });
}
