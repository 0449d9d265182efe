/** What the bytes of one instruction are made of, as far as it is known before an image is built: for hovers. */
import { packageBaseAt } from "../dockerfile/chain.ts";
import { folderOf } from "../dockerfile/copied.ts";
import type { CopyInstruction, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { installsOf } from "../hints.ts";
import { measured, middleOf, type Size, sizeLabel } from "../size/size.ts";
import type { World } from "../world.ts";
import { largestFirst } from "./part.ts";

/** Rows of a hover. */
const mostRows = 8;

interface Contributor {
  readonly name: string;
  readonly size: Size;
}

/** A Markdown table for the instruction at an offset; "" where there is nothing to compare. */
export function contributorTable(facts: Facts, world: World, offset: number): string {
  const it = facts.shipped.find(({ at }) => at.start <= offset && offset <= at.end);
  const all =
    it?.kind === "copy" ? copiedBy(world, it) : it?.kind === "run" ? installedBy(facts, world, it) : [];
  const rows = largestFirst(all.filter(({ size }) => middleOf(size) !== 0));
  if (rows.length < 2) return "";
  const head = it?.kind === "run" ? "| Package | Goes with it |" : "| From the build context | Size |";
  const shown = rows
    .slice(0, mostRows)
    .map(({ name, size }) => `| ${name.replace(/[|\\`*_<[]/g, "\\$&")} | ${sizeLabel(size)} |`);
  const more = rows.length - shown.length;
  return [head, "|---|--:|", ...shown].join("\n") + (more > 0 ? `\n\nand ${more} more` : "");
}

/** The entries that it takes; of a single directory what lies in it. */
function copiedBy(world: World, copy: CopyInstruction): readonly Contributor[] {
  const context = folderOf(world, copy);
  if (context === undefined) return [];
  const taken = copy.sources.flatMap(({ text }) => context.matches(text ?? ""));
  const [only] = taken;
  const entries = taken.length === 1 && only?.kind === "directory" ? context.children(only.path) : taken;
  return entries.map((it) => ({
    name: it.kind === "directory" ? `${it.path}/` : it.path,
    size: measured(it.taken.bytes, context.foundBy),
  }));
}

function installedBy(facts: Facts, { packageSizes }: World, run: RunInstruction): readonly Contributor[] {
  if (packageSizes === undefined) return [];
  return installsOf(run).flatMap(({ effect: { packages, recommends, manager } }) => {
    const all = packages.flatMap(({ name }) => name ?? []);
    const base = packageBaseAt(facts, run, manager);
    return all.map((name) => ({
      name,
      size: packageSizes.dominated({ all, removed: [name], recommends, base }),
    }));
  });
}
