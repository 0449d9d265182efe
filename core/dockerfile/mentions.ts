/** Which later instructions may use what an instruction put into the image. */
import { chainBefore } from "./chain.ts";
import type { Facts, Instruction } from "./facts.ts";
import { isWithin, withoutSlash } from "./paths.ts";

/** Instructions that run or copy from a file system that holds this instruction's layer, in source order. */
export const usersOf = (facts: Facts, instruction: Instruction): readonly Instruction[] => {
  const stages = new Set<number>([instruction.stage]);
  for (const it of facts.stages) if (it.parent !== undefined && stages.has(it.parent)) stages.add(it.index);
  return facts.instructions.filter((it) => {
    if (it.index <= instruction.index) return false;
    if (it.kind === "copy" && it.fromStage !== undefined) return stages.has(it.fromStage);
    return chainBefore(facts, it).includes(instruction);
  });
};

/** Whether an instruction names the path, something below it or a pattern that may reach it. */
export function mentions(it: Instruction, path: string): boolean {
  const target = withoutSlash(path);
  const name = target.slice(target.lastIndexOf("/") + 1);
  if (new RegExp(`(?:^|[\\s"'=:,/])${escaped(name)}(?:[\\s"'/,;:*)]|$)`, "m").test(withoutKeyword(it)))
    return true;
  return (
    it.kind === "copy" &&
    it.from !== undefined &&
    it.sources.some(({ text }) => text !== undefined && isWithin(target, text))
  );
}

/** Programs that run tests without naming their directory. */
const testRunner =
  /\b(?:pytest|tox|nox|unittest|jest|vitest|mocha|rspec|phpunit|ctest|(?:npm|yarn|pnpm|go|cargo|dotnet|mvn|gradle|make|rake)\s+(?:run\s+)?test\w*)\b/;

export const runsTests = (it: Instruction): boolean => testRunner.test(it.source);

const withoutKeyword = (it: Instruction): string => it.source.slice(it.keyword.length);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
