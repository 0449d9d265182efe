/** Downloads of models and data sets from their hubs, which end up in a layer. */
import type { Word } from "../dockerfile/facts.ts";

export interface ModelDownload {
  readonly kind: "model-download";
  readonly hub: "huggingface" | "nltk" | "spacy" | "torch" | "tensorflow";
  /** What is fetched, where the words name it: "bert-base-uncased". */
  readonly name: string | undefined;
  /** The word that causes it. */
  readonly word: Word;
  /** Where it goes, when known. */
  readonly directory: string | undefined;
}
