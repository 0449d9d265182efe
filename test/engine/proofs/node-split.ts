import { node } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const manifest = JSON.stringify({
  name: "app",
  version: "1.0.0",
  dependencies: { ms: "2.1.3" },
  devDependencies: { typescript: "5.4.5" },
  scripts: { build: "tsc", start: "node dist/index.js" },
});

export const proofs: readonly Proof[] = [
  {
    rule: "dev-dependencies-shipped",
    title: "a project that tsc builds, in two stages",
    sizeUnknown: true,
    files: {
      "package.json": manifest,
      "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "module": "commonjs"}}',
      "src/index.ts":
        'declare function require(name: string): (text: string) => number;\nif (require("ms")("1s") !== 1000) throw new Error("ms");\n',
    },
    dockerfile: `FROM ${node}
WORKDIR /app
COPY . .
RUN npm install && npm cache clean --force
RUN npm run build
CMD ["npm", "start"]
`,
  },
];
