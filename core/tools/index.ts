// Written by `npm run codegen`. Do not edit.
import { apt } from "./apt.ts";
import { builders } from "./builds.ts";
import { bun } from "./bun.ts";
import { cargo } from "./cargo.ts";
import { composer } from "./composer.ts";
import { conda } from "./conda.ts";
import { curl, git, wget } from "./downloads.ts";
import { chmod, cp, find, mkdir, mv, rm } from "./files.ts";
import { go } from "./go.ts";
import { huggingface, spacy } from "./model-hubs.ts";
import { npm } from "./npm.ts";
import { pdm } from "./pdm.ts";
import { pip } from "./pip.ts";
import { pipenv } from "./pipenv.ts";
import { pnpm } from "./pnpm.ts";
import { poetry } from "./poetry.ts";
import { python } from "./python.ts";
import { quiet } from "./quiet.ts";
import { bundle, gem } from "./ruby.ts";
import type { Tool } from "./tool.ts";
import { uv } from "./uv.ts";
import { yarn } from "./yarn.ts";

export const tools: readonly Tool[] = [
  apt,
  builders,
  bun,
  cargo,
  composer,
  conda,
  curl,
  wget,
  git,
  rm,
  mkdir,
  cp,
  mv,
  chmod,
  find,
  go,
  huggingface,
  spacy,
  npm,
  pdm,
  pip,
  pipenv,
  pnpm,
  poetry,
  python,
  quiet,
  gem,
  bundle,
  uv,
  yarn,
];
