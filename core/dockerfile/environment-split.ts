/**
 * Splits a stage at its last install of Python packages: they go into a virtual environment in a building stage, and the
 * running stage takes that.
 */
import type { Edit } from "../text/edit.ts";
import { lineBreakOf } from "../text/lines.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import type { World } from "../world.ts";
import { insertBefore } from "./edits.ts";
import type { Facts, RunInstruction, Stage } from "./facts.ts";
import { librariesIn, splitEdits } from "./split-stage.ts";

/** Where the environment lies in both stages. */
export const place = "/opt/venv";
const pythonImage = /^(?:docker\.io\/)?(?:library\/)?python:/;

/** Undefined where pip is not all that installs, or does not install for everybody. */
export function environmentSplit(facts: Facts, world: World, stage: Stage): readonly Edit[] | undefined {
  const runs = stage.instructions.flatMap((it) => (it.kind === "run" ? [it] : []));
  const installing = runs.filter((it) => installsIn(it).length > 0);
  const [first] = installing;
  const last = installing.at(-1);
  const [base] = stage.from.words;
  if (first === undefined || last === undefined || base === undefined) return undefined;
  if (!pythonImage.test(stage.baseImage ?? "") || !installing.every(isPlain)) return undefined;
  // Whoever is not root installs elsewhere, and may not write there.
  const before = stage.instructions.filter((it) => it.index <= last.index);
  if (before.some(({ keyword }) => keyword === "USER")) return undefined;
  const edits = splitEdits(facts, {
    stage,
    last,
    image: facts.text.slice(base.at.start, base.at.end),
    copies: () => true,
    taken: installing,
    libraries: librariesIn(world, stage.baseImage),
    result: (builder) => [`COPY --from=${builder} ${place} ${place}`, onPath],
  });
  return edits && [...edits, environmentBefore(facts, first)];
}

export const onPath = `ENV PATH="${place}/bin:$PATH"`;

/** An environment into which pip installs from there on. The pip of the base image does it, so it needs none inside. */
export function environmentBefore(facts: Facts, first: RunInstruction): Edit {
  const eol = lineBreakOf(facts.text);
  const lines = [`RUN python -m venv --without-pip ${place}`, `ENV PIP_PYTHON=${place}/bin/python`];
  return insertBefore(facts, first, lines.map((it) => `${it}${eol}`).join(""));
}

const installsIn = (run: RunInstruction): readonly PythonInstall[] =>
  run.commands.flatMap((it) =>
    (it.effects ?? []).flatMap((effect) => (effect.kind === "python-install" ? [effect] : [])),
  );

/** pip installs into the system's folder, for sure, and nothing beside it that would stay behind. */
export const isPlain = (run: RunInstruction): boolean =>
  run.form === "shell" &&
  run.commands.every(
    ({ effects, runs }) =>
      runs === "always" &&
      effects?.every((it) =>
        it.kind === "python-install"
          ? it.tool === "pip" &&
            it.into === "/usr/local/lib" &&
            /^pip[\d.]*$|^python[\d.]*$/.test(it.program.text ?? "")
          : ["build", "cache", "uncache", "nothing", "remove"].includes(it.kind),
      ) === true,
  );
