/** Addresses of the scripts that install package installers, as their projects document them. */
import type { Word } from "../dockerfile/facts.ts";
import type { InstallerScript } from "./file-effects.ts";

const scripts: readonly (readonly [RegExp, InstallerScript["installs"]])[] = [
  [/^https?:\/\/astral\.sh\/uv\/(?:[\w.]+\/)?install\.sh$/, "uv"],
  [/^https?:\/\/install\.python-poetry\.org\/?$/, "poetry"],
  [/^https?:\/\/pdm(?:-project)?\.(?:org|fming\.dev)\/install(?:-pdm\.py|\.sh)$/, "pdm"],
  [/^https?:\/\/bootstrap\.pypa\.io\/(?:pip\/[\d.]+\/)?get-pip\.py$/, "pip"],
];

export const installerScript = (address: Word): readonly InstallerScript[] =>
  scripts.flatMap(([pattern, installs]) =>
    pattern.test(address.text ?? "") ? [{ kind: "installer-script", installs, address }] : [],
  );
