/**
 * Answers about what instructions say, kept as long as something says it, so that versions of a document, and
 * documents with equal lines, share them.
 *
 * Invariant: only for answers that hold no position and depend on nothing but the instruction's text and place.
 */
import type { Instruction } from "./facts.ts";

export function remembered<It extends Instruction, Answer>(ask: (it: It) => Answer): (it: It) => Answer {
  const answers = new WeakMap<object, { readonly answer: Answer }>();
  return (it) => {
    const known = answers.get(it.said);
    if (known !== undefined) return known.answer;
    const answer = ask(it);
    answers.set(it.said, { answer });
    return answer;
  };
}

/** The same for answers about a path, a name or another text. */
export function rememberedAbout<It extends Instruction, Answer, About extends string = string>(
  ask: (it: It, about: About) => Answer,
): (it: It, about: About) => Answer {
  const answersTo = remembered<It, Map<About, Answer>>(() => new Map());
  return (it, about) => {
    const answers = answersTo(it);
    const known = answers.get(about);
    if (known !== undefined || answers.has(about)) return known as Answer;
    const answer = ask(it, about);
    answers.set(about, answer);
    return answer;
  };
}
