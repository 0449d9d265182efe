import { describe, expect, it } from "vitest";
import type { Effect } from "../../../core/tools/effect.ts";
import { newJudge } from "../support/judge.ts";

const judge = await newJudge();

/** The effects of a RUN's commands, one line each. */
function effectsOf(run: string, before = ""): readonly string[] {
  const text = `FROM python:3.12-slim\nWORKDIR /app\n${before}\nRUN ${run}\n`;
  const last = judge.read("dockerfile", text).facts?.instructions.at(-1);
  return (last?.kind === "run" ? last.commands : []).flatMap(({ effects }) =>
    (effects ?? [])
      .filter(({ kind }) => !["build", "nothing", "cache", "uncache"].includes(kind))
      .map(lineOf),
  );
}

function lineOf(it: Effect): string {
  switch (it.kind) {
    case "python-install": {
      const { selection: chosen } = it;
      return [
        it.tool,
        ...it.requirements.map(
          ({ name, extras }) => `req:${name ?? "?"}${extras.map((e) => `+${e}`).join("")}`,
        ),
        ...it.projects.map(({ path, extras }) => `project:${path}${extras.map((e) => `+${e}`).join("")}`),
        ...it.files.map(({ path }) => `file:${path}`),
        ...it.indexes.map(({ kind, url }) => `${kind}:${url}`),
        ...(it.dependencies ? [] : ["no-deps"]),
        ...(chosen === undefined ? [] : [`dev ${chosen.development}`]),
        ...(chosen?.extras ?? []).map(({ name }) => `extra:${name}`),
        ...(chosen?.groups ?? []).map(({ name }) => `group:${name}`),
      ].join(" ");
    }
    case "project-install":
      return `${it.tool} dev ${it.development} ${it.productionFlag}`;
    case "project-prune":
      return `${it.tool} prune`;
    case "compile":
      return `${it.language} symbols ${it.keepsSymbols} ${it.output?.path ?? ""}`.trim();
    case "model-download":
      return `${it.hub} ${it.name} ${it.directory}`;
    case "browser-download":
      return `${it.tool} ${it.browsers.map(({ text }) => text).join(" ") || "all"} ${it.directory}`;
    case "node-install":
      return `npm ${it.global ? "-g " : ""}${it.packages.map((one) => `${one.name}@${one.version ?? ""}`).join(" ")}`;
    case "environment":
      return `environment ${it.folder.path} ${it.installer ? "with pip" : "bare"}`;
    default:
      return it.kind;
  }
}

describe("models of installers", () => {
  it.each([
    ["pip install 'Flask[async]>=3' .", ["pip req:flask+async project:/app"]],
    ["pip3.12 install -qU -r requirements.txt -c limits.txt", ["pip file:/app/requirements.txt"]],
    ["python3 -m pip install -e '.[dev,test]'", ["pip project:/app+dev+test"]],
    ["python -u -m pip install --no-deps ./dist/a.whl", ["pip req:? no-deps"]],
    ["pip install git+https://example.org/a.git", ["pip req:?"]],
    [
      "pip install torch --index-url https://download.pytorch.org/whl/cpu",
      ["pip req:torch default:https://download.pytorch.org/whl/cpu"],
    ],
    ["pip --no-cache-dir install foo_Bar", ["pip req:foo-bar"]],
    ["pip install /wheels/*", ["pip project:/wheels/*"]],
    ["pip list", []],
    ['uv pip install --system ".[ml]"', ["uv pip project:/app+ml"]],
    ["uv pip sync requirements.txt", ["uv pip file:/app/requirements.txt"]],
    ["uv sync --frozen --extra ml", ["uv sync dev by default extra:ml"]],
    ["uv sync --locked --no-dev", ["uv sync dev left out"]],
    ["uv --project /srv sync --group dev --group docs", ["uv sync dev asked for group:dev group:docs"]],
    ["UV_NO_DEV=1 uv sync", ["uv sync dev left out"]],
    ["uv run pytest --no-dev", ["uv run dev by default"]],
    ["uv run --no-sync app", []],
    ["uv tool install ruff", ["uv tool req:ruff"]],
    ["poetry install", ["poetry dev by default"]],
    ["poetry install --only main --no-root -E ml", ["poetry dev left out extra:ml"]],
    ["poetry install --with dev,docs", ["poetry dev asked for group:dev group:docs"]],
    ["pdm sync --prod --no-editable", ["pdm dev left out"]],
    ["pdm install -G test", ["pdm dev asked for extra:test group:test"]],
    ["pipenv install --system --deploy", ["pipenv dev left out"]],
    ["npm ci", ["npm dev true --omit=dev"]],
    ["npm ci --omit=dev", ["npm dev false --omit=dev"]],
    ["NODE_ENV=production npm install", ["npm dev false --omit=dev"]],
    ["npm install -g typescript @scope/tool@2.1 ./local", ["npm -g typescript@ @scope/tool@2.1"]],
    ["npm install puppeteer", ["npm puppeteer@", "puppeteer all /root/.cache/puppeteer"]],
    ["npm install --ignore-scripts puppeteer", ["npm puppeteer@"]],
    ["npx -y playwright@1.50 install --with-deps", ["playwright all /root/.cache/ms-playwright"]],
    ["yarn exec playwright install webkit", ["playwright webkit /root/.cache/ms-playwright"]],
    ["poetry run playwright install", ["playwright all /root/.cache/ms-playwright"]],
    ["PLAYWRIGHT_BROWSERS_PATH=/b python -m playwright install", ["playwright all /b"]],
    ["npx playwright install-deps", []],
    ["npx some-tool install", []],
    ["locale-gen en_US.UTF-8", ["create"]],
    ["python -m venv --without-pip /v", ["create", "environment /v bare"]],
    ["virtualenv /v", ["create", "environment /v with pip"]],
    ["npm prune --production", ["npm prune"]],
    ["yarn install --frozen-lockfile", ["yarn dev true --production"]],
    ["yarn install --immutable", ["yarn dev true undefined"]],
    ["yarn --production --frozen-lockfile", ["yarn dev false --production"]],
    ["pnpm install --frozen-lockfile --prod", ["pnpm dev false --prod"]],
    ["composer install --no-dev", ["composer dev false --no-dev"]],
    ["bundle install", ["bundle dev undefined undefined"]],
    ["go build -o /bin/app ./cmd/app", ["go symbols true /bin/app"]],
    ['go build -ldflags="-s -w -X main.v=1" .', ["go symbols false"]],
    ["cargo build --release", ["rust symbols undefined /app/target/release"]],
    ["huggingface-cli download org/model --local-dir /models", ["huggingface org/model /models"]],
    ["python -m spacy download en_core_web_lg", ["spacy en_core_web_lg undefined"]],
    ["python -m nltk.downloader -d /data punkt", ["nltk punkt /data"]],
    [`python -c "import nltk; nltk.download('stopwords')"`, ["nltk stopwords /root/nltk_data"]],
    [`python -c "from transformers import AutoModel; AutoModel.from_pretrained('./local')"`, []],
  ])("%s", (run, expected) => {
    expect(effectsOf(run)).toEqual(expected);
  });

  it("see what the Dockerfile sets", () => {
    expect(effectsOf("npm ci", "ENV NODE_ENV=production")).toEqual(["npm dev false --omit=dev"]);
    expect(effectsOf("npm ci", "ARG NODE_ENV")).toEqual(["npm dev undefined --omit=dev"]);
    expect(effectsOf("unset NODE_ENV; npm ci", "ENV NODE_ENV=production")).toEqual([
      "npm dev true --omit=dev",
    ]);
  });
});
