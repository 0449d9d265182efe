/** Walks through a build context, each made once for each of its directories. */
import type { BuildContext } from "./build-context.ts";

export function walked<Answer>(
  walk: (context: BuildContext, directory: string) => Answer,
): (context: BuildContext, directory: string) => Answer {
  const answers = new WeakMap<BuildContext, Map<string, Answer>>();
  return (context, directory) => {
    const known = answers.get(context) ?? new Map<string, Answer>();
    answers.set(context, known);
    const answer = known.get(directory) ?? walk(context, directory);
    known.set(directory, answer);
    return answer;
  };
}
