import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ListedContext, listingOf } from "../../../core/context/listed-context.ts";
import { loadShellReader, type ShellReader } from "../../../core/dockerfile/shell.ts";
import { Judge } from "../../../core/judge.ts";
import { bytes } from "../../../core/size/bytes.ts";
import { DebianPackageSizes } from "../../../core/size/debian-package-sizes.ts";
import { emptyWorld, type World } from "../../../core/world.ts";
import { debianCatalogue } from "../../../scripts/catalogue.ts";

const require = createRequire(import.meta.url);
const runtime = readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm"));
const bash = readFileSync(
  join(dirname(require.resolve("tree-sitter-bash/package.json")), "tree-sitter-bash.wasm"),
);

export const newJudge = async (): Promise<Judge> => (await judgeMaker())();

export const shellReader = (): Promise<ShellReader> => loadShellReader({ runtime, bash });

/** Each of them remembers nothing of what another has read. */
export async function judgeMaker(): Promise<() => Judge> {
  const shell = await shellReader();
  return () => new Judge(shell);
}

/** With the prices that the bundles carry. */
export const withPrices = (world: World): World => ({ ...world, packageSizes });
const packageSizes = new DebianPackageSizes(debianCatalogue());

/** An ignore file over these paths, read by a Dockerfile that copies everything, or by the given ones. */
export function ignoreWorldWith(
  judge: Judge,
  files: Readonly<Record<string, number>>,
  dockerfiles: readonly string[] = ["FROM scratch\nCOPY . /\n"],
): World {
  const { context } = worldWith(files);
  if (context === undefined) return emptyWorld;
  const builds = dockerfiles.flatMap((text) => {
    const { facts, lines } = judge.read("dockerfile", text);
    return facts === undefined ? [] : [{ file: { path: "Dockerfile", lines }, facts }];
  });
  return { ...emptyWorld, ignore: { path: ".dockerignore", context, builds, unread: undefined } };
}

/** A world with a build context of these paths and sizes; some have a text that is read. */
export function worldWith(
  files: Readonly<Record<string, number>>,
  ignoreText?: string,
  manifests?: ReadonlyMap<string, string>,
): World {
  const sizes = Object.fromEntries(Object.entries(files).map(([path, size]) => [path, bytes(size)]));
  return {
    ...emptyWorld,
    context: new ListedContext({
      root: listingOf(sizes),
      foundBy: "test",
      ignoreFile: ignoreText === undefined ? undefined : { path: ".dockerignore", text: ignoreText },
      newIgnorePath: ".dockerignore",
      complete: true,
      ...(manifests && { manifests }),
    }),
  };
}
