/** Builds all of dist/: the bundles, the page, the shell grammar, the catalogues. `--watch` builds again on changes. */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { type BuildOptions, build, context, type Plugin } from "esbuild";
import { debianCatalogue, packed, pythonCatalogue } from "./catalogue.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const watches = process.argv.includes("--watch");
const require = createRequire(import.meta.url);

/**
 * Bundles of their own, so that a start reads a few lines: activating not the whole language client, an analysis nothing
 * that reads documents, and only who asks an engine its client.
 */
const apart: Plugin = {
  name: "bundles-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^(?:\.\/language\.ts|\.\/documents\.ts|dockerode)$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: `./${basename(path, ".ts")}.js`, external: true } : undefined,
    );
  },
};

/** What dockerode and its ssh client load for features that nobody here uses: BuildKit sessions, a client of ssh. */
const unused: Plugin = {
  name: "unused-parts",
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^(?:\.\/session|\.\/ssh|ssh2|@grpc\/.*|cpu-features)$|\.node$/ },
      ({ path, importer }) =>
        path.startsWith("./") && !/docker(?:ode|-modem)/.test(importer)
          ? undefined
          : { path, namespace: "unused" },
    );
    // Required at once, used by builds and by ssh connections that we open ourselves.
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

const shared: BuildOptions = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: !watches,
  sourcemap: watches ? "linked" : false,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

const node: BuildOptions = {
  ...shared,
  entryPoints: {
    language: "client/language.ts",
    server: "server/lsp/main.ts",
    worker: "server/engine/worker-main.ts",
    pictures: "server/engine/pictures/pictures-main.ts",
    documents: "server/cli/documents.ts",
    dockerode: "dockerode",
  },
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  plugins: [apart, unused],
  // web-tree-sitter looks for its own place, which the bundle never asks it to use.
  define: { "import.meta.url": '"file:///"' },
};

/**
 * What is started first, and loads the others: by `import()` Node would read a script twice, at first for the names that
 * it exports.
 */
const starters: BuildOptions = {
  ...node,
  entryPoints: { client: "client/extension.ts", cli: "server/cli/main.ts" },
  supported: { "dynamic-import": false },
};

const page: BuildOptions = {
  ...shared,
  entryPoints: [
    { in: "media/treemap.ts", out: "media/treemap" },
    { in: "media/treemap.css", out: "media/treemap" },
  ],
  platform: "browser",
  target: "es2022",
  format: "iife",
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "media"), { recursive: true });
copyFiles();
if (watches) {
  for (const options of [node, starters, page]) {
    const watched = await context(options);
    // Watching begins at once and builds later; who waits for the line below wants the bundles.
    await watched.rebuild();
    await watched.watch();
  }
  console.log("Watching.");
} else {
  const results = await Promise.all([build(node), build(starters), build(page)]);
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(
    join(root, ".cache", "bundles.json"),
    JSON.stringify(results.flatMap(({ metafile }) => (metafile === undefined ? [] : [metafile]))),
  );
  chmodSync(join(dist, "cli.js"), 0o755);
}

function copyFiles(): void {
  // The project is a package of modules; the bundles are scripts, as VS Code's extension host wants them.
  writeFileSync(join(dist, "package.json"), '{"type":"commonjs"}\n');
  copy(join(packageFolder("web-tree-sitter"), "web-tree-sitter.wasm"), "web-tree-sitter.wasm");
  copy(join(packageFolder("tree-sitter-bash"), "tree-sitter-bash.wasm"), "tree-sitter-bash.wasm");
  copy(join(root, "docs", "rules"), "rules");
  mkdirSync(join(dist, "data"));
  writeFileSync(join(dist, "data", "debian.json.gz"), packed(debianCatalogue()));
  writeFileSync(join(dist, "data", "python.json.gz"), packed(pythonCatalogue()));
}

function copy(from: string, to: string): void {
  cpSync(from, join(dist, to), { recursive: true });
}

function packageFolder(name: string): string {
  const place = require.resolve.paths(name)?.find((it) => existsSync(join(it, name, "package.json")));
  if (place === undefined) throw new Error(`${name} is not installed`);
  return dirname(join(place, name, "package.json"));
}
