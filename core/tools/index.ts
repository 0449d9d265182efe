// Written by `npm run codegen`. Do not edit.
import { apt } from "./apt.ts";
import { builders, nodeInstallers, python, pythonInstallers } from "./builds.ts";
import { curl, git, wget } from "./downloads.ts";
import { chmod, cp, find, mkdir, mv, rm } from "./files.ts";
import { quiet } from "./quiet.ts";
import type { Tool } from "./tool.ts";

export const tools: readonly Tool[] = [
  apt,
  pythonInstallers,
  python,
  builders,
  nodeInstallers,
  curl,
  wget,
  git,
  rm,
  mkdir,
  cp,
  mv,
  chmod,
  find,
  quiet,
];
