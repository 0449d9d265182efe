/**
 * Facts of a Python document: what it asks for, what of it ships, what it weighs; worked out once, read by every rule.
 *
 * Invariant: working them out never fails; the scales are built when somebody asks for a size.
 */
import { isDevelopmentFile, isInDevelopmentFolder } from "../tools/development-packages.ts";
import { type GroupId, groupsOf, groupsWith, type PythonProject, withNamedFiles } from "./project.ts";
import { readPyproject } from "./pyproject/read-pyproject.ts";
import { readRequirementsFile } from "./requirements-file.ts";
import { scalesFor } from "./scales-for.ts";
import type { ShippedPython } from "./shipped.ts";
import { decidingImage, type PythonSurroundings, pathInside } from "./surroundings.ts";
import type { TomlDocument } from "./toml/nodes.ts";
import type { TomlReader } from "./toml/reader.ts";
import type { Scales, Weighed } from "./weigh.ts";

/** A document's own text, read. */
export interface PythonText {
  readonly text: string;
  /** Undefined for requirements files. */
  readonly toml: TomlDocument | undefined;
  readonly project: PythonProject;
}

export interface PythonFacts extends PythonText {
  /** Where the document lies; empty for unsaved ones. */
  readonly path: string;
  /** With the requirements of the files that it names. */
  readonly whole: PythonProject;
  readonly surroundings: PythonSurroundings;
  /** The image that decides what ships; undefined: no Dockerfile is known. */
  readonly image: ShippedPython | undefined;
  /** Groups that ship, with those that they take in. */
  readonly shipped: ReadonlySet<GroupId>;
  readonly scales: Scales;
  readonly weighed: Weighed;
  /** The same document as another image installs it. */
  as(image: ShippedPython): PythonFacts;
}

/** How the document is named in requirements; its findings carry no path. */
const ownPath = "";

export function readPythonText(
  kind: "pyproject" | "requirements",
  text: string,
  reader: TomlReader,
): PythonText {
  if (kind === "requirements") return { text, toml: undefined, project: readRequirementsFile(text, ownPath) };
  const toml = reader.read(text);
  return { text, toml, project: readPyproject(toml, ownPath) };
}

/** `path`: where the document lies, for what Dockerfiles call it; undefined for unsaved ones. */
export function pythonFactsOf(
  read: PythonText,
  surroundings: PythonSurroundings,
  path: string | undefined,
): PythonFacts {
  const whole = withNamedFiles(read.project, (it) => surroundings.files.get(it));
  const image = decidingImage(surroundings);
  const asked = shippedGroups(whole, image, pathInside(surroundings, path));
  let scales: Scales | undefined;
  let weighed: Weighed | undefined;
  return {
    ...read,
    path: path ?? "",
    whole,
    surroundings,
    image,
    shipped: groupsWith(whole.inclusions, asked),
    get scales() {
      scales ??= scalesFor(whole, surroundings, { groups: asked, bytecode: image?.bytecode === true });
      return scales;
    },
    get weighed() {
      weighed ??= this.scales.weigh();
      return weighed;
    },
    as: (other) => pythonFactsOf(read, { ...surroundings, images: [other] }, path),
  };
}

/** Groups that are installed where the project ships, or a file of it, by the image that decides; `path`: in the workspace. */
export function shippedGroups(
  project: PythonProject,
  image: ShippedPython | undefined,
  path: string,
): readonly GroupId[] {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  if (project.kind === "requirements") {
    if (image === undefined) return isDevelopmentFile(name) || isInDevelopmentFolder(path) ? [] : ["project"];
    return image.files.some((it) => it.slice(it.lastIndexOf("/") + 1) === name) ? ["project"] : [];
  }
  if (image === undefined && isInDevelopmentFolder(path)) return [];
  // Nothing that we can tell is no proof that nothing ships.
  if (image === undefined || (image.groups.length === 0 && image.files.length === 0)) return ["project"];
  const known = groupsOf(project);
  return image.groups.filter((it) => known.includes(it));
}
