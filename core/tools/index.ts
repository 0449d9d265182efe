// Written by `npm run codegen`. Do not edit.
import { apk } from "./apk.ts";
import { apt } from "./apt.ts";
import { builders } from "./builds.ts";
import { bun } from "./bun.ts";
import { cargo } from "./cargo.ts";
import { chgrp, chmod, chown } from "./chmod.ts";
import { cCompilers, dotnet, javaBuilds } from "./compilers.ts";
import { composer } from "./composer.ts";
import { conda } from "./conda.ts";
import { cp, install, ln, mv, rsync } from "./copy.ts";
import { curl } from "./curl.ts";
import { dnf } from "./dnf.ts";
import { aptMark, dpkg } from "./dpkg.ts";
import { find } from "./find.ts";
import { git } from "./git.ts";
import { go } from "./go.ts";
import { localeCompilers } from "./locales.ts";
import { mkdir } from "./mkdir.ts";
import { huggingface, spacy } from "./model-hubs.ts";
import { npm } from "./npm.ts";
import { packageRunner } from "./package-runner.ts";
import { pdm } from "./pdm.ts";
import { pip } from "./pip.ts";
import { pipenv } from "./pipenv.ts";
import { playwright } from "./playwright.ts";
import { pnpm } from "./pnpm.ts";
import { poetry } from "./poetry.ts";
import { python, virtualenv } from "./python.ts";
import { quiet } from "./quiet.ts";
import { rm } from "./rm.ts";
import { bundle, gem } from "./ruby.ts";
import { sed } from "./sed.ts";
import { strip } from "./strip.ts";
import { tar } from "./tar.ts";
import { tee } from "./tee.ts";
import type { Tool } from "./tool.ts";
import { touch } from "./touch.ts";
import { gunzip, sevenZip, unzip } from "./unzip.ts";
import { useradd, userBooks } from "./users.ts";
import { uv } from "./uv.ts";
import { wget } from "./wget.ts";
import { yarn } from "./yarn.ts";
import { zypper } from "./zypper.ts";

export const tools: readonly Tool[] = [
  apk,
  apt,
  builders,
  bun,
  cargo,
  chmod,
  chown,
  chgrp,
  cCompilers,
  javaBuilds,
  dotnet,
  composer,
  conda,
  cp,
  install,
  ln,
  mv,
  rsync,
  curl,
  dnf,
  dpkg,
  aptMark,
  find,
  git,
  go,
  localeCompilers,
  mkdir,
  huggingface,
  spacy,
  npm,
  packageRunner,
  pdm,
  pip,
  pipenv,
  playwright,
  pnpm,
  poetry,
  python,
  virtualenv,
  quiet,
  rm,
  gem,
  bundle,
  sed,
  strip,
  tar,
  tee,
  touch,
  unzip,
  sevenZip,
  gunzip,
  useradd,
  userBooks,
  uv,
  wget,
  yarn,
  zypper,
];
