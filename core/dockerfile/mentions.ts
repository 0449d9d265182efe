/** Which later instructions may use what an instruction put into the image. */
import type { Facts, Instruction } from "./facts.ts";
import { isWithin, withoutSlash } from "./paths.ts";
import { remembered, rememberedAbout } from "./remembered.ts";

/** Instructions that run or copy from a file system that holds this instruction's layer, in source order. */
export const usersOf = (facts: Facts, instruction: Instruction): readonly Instruction[] =>
  facts.chains.users(instruction);

/** Whether an instruction names the path, something below it or a pattern that may reach it. */
export const mentions = rememberedAbout((it: Instruction, path): boolean => {
  const target = withoutSlash(path);
  const name = target.slice(target.lastIndexOf("/") + 1);
  if (!it.source.includes(name)) return namesAround(it, target);
  if (new RegExp(`(?:^|[\\s"'=:,/])${escaped(name)}(?:[\\s"'/,;:*)]|$)`, "m").test(withoutKeyword(it)))
    return true;
  return namesAround(it, target);
});

/** A COPY that takes a directory around the path. */
const namesAround = (it: Instruction, target: string): boolean =>
  it.kind === "copy" &&
  it.from !== undefined &&
  it.sources.some(({ text }) => text !== undefined && isWithin(target, text));

/** Programs that run tests without naming their directory. */
const testRunner =
  /\b(?:pytest|tox|nox|unittest|behave|jest|vitest|mocha|karma|cypress|testcafe|playwright[\s"',]+test|rspec|phpunit|ctest|bats|ginkgo|(?:npm|yarn|pnpm|go|cargo|dotnet|mvn|gradle|make|rake)\s+(?:run\s+)?test\w*)\b/;

export const runsTests = remembered((it: Instruction) => testRunner.test(it.source));

/** Programs that call a C or C++ compiler while they run: Triton's kernels (also below vLLM and its kin), PyTensor's. */
const runTimeCompiler =
  /\b(?:triton|vllm|sglang|deepspeed|flashinfer|torch[._]compile|inductor|pytensor|pymc3?|theano|aesara)\b/i;

export const compilesAtRunTime = remembered((it: Instruction) => runTimeCompiler.test(it.source));

const withoutKeyword = (it: Instruction): string => it.source.slice(it.keyword.length);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
