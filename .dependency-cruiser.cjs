/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "core-is-pure",
      severity: "error",
      comment: "core takes values and gives values. Pass in what you would read; I/O lives in server/engine.",
      from: { path: "^core/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-imports-core",
      severity: "error",
      comment:
        "core knows no editor, no protocol and no engine. Third-party parsers come in through their one door.",
      from: { path: "^core/" },
      to: { path: "^(client|server|media|protocol|test|scripts)/|node_modules/vscode" },
    },
    {
      name: "one-door-to-dockerfile-ast",
      severity: "error",
      comment: "Only core/dockerfile/read.ts speaks to dockerfile-ast. Read instructions from facts.",
      from: { pathNot: "^(core/dockerfile/read\\.ts|test/)" },
      to: { path: "node_modules/dockerfile-ast" },
    },
    {
      name: "one-door-to-the-shell-grammar",
      severity: "error",
      comment: "Only core/dockerfile/shell.ts and its parts speak to tree-sitter. Read commands from facts.",
      from: { pathNot: "^core/dockerfile/shell" },
      to: { path: "node_modules/web-tree-sitter" },
    },
    {
      name: "one-door-to-toml",
      severity: "error",
      comment: "Only core/python/toml/parse.ts speaks to the TOML parsers.",
      from: { pathNot: "^(core/python/toml/parse\\.ts|test/)" },
      to: { path: "node_modules/(toml-eslint-parser|smol-toml)" },
    },
    {
      name: "one-door-to-pep440",
      severity: "error",
      comment: "Only core/python/versions.ts speaks to the PEP 440 library.",
      from: { pathNot: "^core/python/versions\\.ts" },
      to: { path: "node_modules/@renovatebot/pep440" },
    },
    {
      name: "protocol-imports-nothing",
      severity: "error",
      comment: "protocol is plain data that every side can read.",
      from: { path: "^protocol/" },
      to: { pathNot: "^protocol/" },
    },
    {
      name: "engine-knows-no-editor",
      severity: "error",
      comment:
        "engine serves the language server and the command line alike; hand it callbacks, not connections.",
      from: { path: "^server/engine/" },
      to: { path: "^(client|media|test|scripts|server/(lsp|cli))/|node_modules/vscode" },
    },
    {
      name: "cli-knows-no-editor",
      severity: "error",
      from: { path: "^server/cli/" },
      to: { path: "^(client|media|test|scripts|server/lsp)/|node_modules/vscode" },
    },
    {
      name: "lsp-imports",
      severity: "error",
      comment: "The language server stands on core, protocol and engine.",
      from: { path: "^server/lsp/" },
      to: { path: "^(client|media|test|scripts|server/cli)/" },
    },
    {
      name: "client-is-thin",
      severity: "error",
      comment: "The extension host runs no analysis: ask the server (protocol/requests.ts).",
      from: { path: "^client/" },
      to: { path: "^(core|server|media|test|scripts)/" },
    },
    {
      name: "media-sees-the-picture-only",
      severity: "error",
      from: { path: "^media/" },
      to: { path: "^(core|client|server|test|scripts)/", pathNot: "^core/(treemap|size)/" },
    },
    {
      name: "rules-are-islands",
      severity: "error",
      comment:
        "A rule may import rule.ts, finding.ts, support/, facts, text, size, tools and context. Share through facts, not through another rule.",
      from: {
        path: "^core/rules/(?!index|rule\\.ts|finding\\.ts|check\\.ts|verify\\.ts|verify-\\w+\\.ts|one-by-one\\.ts|fix-all\\.ts)",
      },
      to: { path: "^core/rules/(?!rule\\.ts|finding\\.ts|settings\\.ts|support/)" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-depends-on-tests",
      severity: "error",
      from: { path: "^(core|protocol|server|client|media|scripts)/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.base.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|\\.cache)/" },
  },
};
