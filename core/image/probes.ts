/** What is read from the inside of an image's files beside whole databases: chosen by path and size alone. */
import type { Bytes } from "../size/bytes.ts";
import { type ArchiveFacts, archiveProbe } from "./archive-probe.ts";
import { elfProbe } from "./elf-probe.ts";
import type { Probe } from "./probe.ts";
import type { ProgramFacts } from "./program-facts.ts";

/** What a probe found in one file. */
export interface FileFacts {
  /** What `strip --strip-unneeded` would free of it; only of ELF files. */
  readonly strippable?: Bytes;
  readonly program?: ProgramFacts;
  readonly archive?: ArchiveFacts;
}

/** Asked for every regular file; undefined where its inside says nothing that is wanted. */
export function probeOf(path: string, size: number): Probe<FileFacts | undefined> | undefined {
  if (size < smallest) return undefined;
  if (zipped.test(path)) return archiveProbe(size);
  return neverElf.test(path) ? undefined : elfProbe(size);
}

const smallest = 64;
const zipped = /\.(?:jar|war|ear|hpi)$|\/\.yarn\/(?:berry\/)?cache\/[^/]+\.zip$/;
/** Compilers and linkers never name their results so; this saves a look into most files. */
const neverElf =
  /\.(?:py|pyi|pyc|js|mjs|cjs|ts|map|json|txt|md|rst|html?|css|h|hpp|c|cc|cpp|png|svg|jpe?g|gif|gz|xz|bz2|zst|zip|whl|xml|ya?ml|toml|csv|mo|po|pm|pl|rb|list|md5sums|conf|cfg|ini|typed|pc|cmake|service|proto|hh|hxx|cxx|cu|cuh|pyx|pxd|tcl|lua|jsx|tsx|scss|less|sql|lock|log)$/;
