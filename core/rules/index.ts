// Written by `npm run codegen`. Do not edit.
import { archiveCopiedThenExtracted } from "./archive-copied-then-extracted.ts";
import { browsersInstalled } from "./browsers-installed.ts";
import { buildToolsShipped } from "./build-tools-shipped.ts";
import { bytecodeDuplicated } from "./bytecode-duplicated.ts";
import { contextWasteCopied } from "./context-waste-copied.ts";
import { copiedAgain } from "./copied-again.ts";
import { copiedThenChanged } from "./copied-then-changed.ts";
import { cudaStackPulled } from "./cuda-stack-pulled.ts";
import { cudaTwice } from "./cuda-twice.ts";
import { cudaWheelsOnCpu } from "./cuda-wheels-on-cpu.ts";
import { devDependenciesShipped } from "./dev-dependencies-shipped.ts";
import { devToolInRuntime } from "./dev-tool-in-runtime.ts";
import { develBaseShipped } from "./devel-base-shipped.ts";
import { dockerignoreIneffective } from "./dockerignore-ineffective.ts";
import { dockerignoreMissing } from "./dockerignore-missing.ts";
import { docsAndLocalesKept } from "./docs-and-locales-kept.ts";
import { downloadKept } from "./download-kept.ts";
import { finalStageIsBuilder } from "./final-stage-is-builder.ts";
import { gitHistoryCloned } from "./git-history-cloned.ts";
import { installerShipped } from "./installer-shipped.ts";
import { largeBaseImage } from "./large-base-image.ts";
import { lighterAlternative } from "./lighter-alternative.ts";
import { lockFileStale } from "./lock-file-stale.ts";
import { modelCacheBaked } from "./model-cache-baked.ts";
import { packageCacheKept } from "./package-cache-kept.ts";
import { recommendedPackagesInstalled } from "./recommended-packages-installed.ts";
import { removedInLaterLayer } from "./removed-in-later-layer.ts";
import { replacedByLaterLayer } from "./replaced-by-later-layer.ts";
import { sizeUnknown } from "./size-unknown.ts";
import { sourceKeptAfterInstall } from "./source-kept-after-install.ts";
import { sparseUserLog } from "./sparse-user-log.ts";
import { suppressionUnused } from "./suppression-unused.ts";
import { symbolsKept } from "./symbols-kept.ts";
import { testsCopied } from "./tests-copied.ts";
import { twoOfAKind } from "./two-of-a-kind.ts";
import { unusedHeavyDependency } from "./unused-heavy-dependency.ts";
import { upgradeInLayer } from "./upgrade-in-layer.ts";
import { wholeTreeCopiedFromStage } from "./whole-tree-copied-from-stage.ts";

export const rules = [
  archiveCopiedThenExtracted,
  browsersInstalled,
  buildToolsShipped,
  bytecodeDuplicated,
  contextWasteCopied,
  copiedAgain,
  copiedThenChanged,
  cudaStackPulled,
  cudaTwice,
  cudaWheelsOnCpu,
  devDependenciesShipped,
  devToolInRuntime,
  develBaseShipped,
  dockerignoreIneffective,
  dockerignoreMissing,
  docsAndLocalesKept,
  downloadKept,
  finalStageIsBuilder,
  gitHistoryCloned,
  installerShipped,
  largeBaseImage,
  lighterAlternative,
  lockFileStale,
  modelCacheBaked,
  packageCacheKept,
  recommendedPackagesInstalled,
  removedInLaterLayer,
  replacedByLaterLayer,
  sizeUnknown,
  sourceKeptAfterInstall,
  sparseUserLog,
  suppressionUnused,
  symbolsKept,
  testsCopied,
  twoOfAKind,
  unusedHeavyDependency,
  upgradeInLayer,
  wholeTreeCopiedFromStage,
] as const;

export type RuleId = (typeof rules)[number]["id"];
