/**
 * A small saved image, made in code: the layers that examples/truthgraph's Dockerfile would make, at a hundredth of
 * their size. `docker save` of Docker 25 and later looks the same. No Docker is needed, and every byte is known here.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const sample = join(import.meta.dirname, "..", "examples", "truthgraph");
const block = 512;

interface SampleLayer {
  /** As BuildKit writes it; an entry without files is an empty layer. */
  readonly createdBy: string;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

export function writeSampleImage(path: string): void {
  const layers = sampleLayers();
  const tars = layers.flatMap(({ files }) => (files === undefined ? [] : [tarOf(files)]));
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: tars.map((it) => `sha256:${digest(it)}`) },
      history: layers.map(({ createdBy, files }) => ({
        created_by: createdBy,
        ...(files === undefined ? { empty_layer: true } : {}),
      })),
    }),
  );
  const blob = (it: Uint8Array): string => `blobs/sha256/${digest(it)}`;
  const manifest = [{ Config: blob(config), RepoTags: ["truthgraph-api:sample"], Layers: tars.map(blob) }];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    tarOf({
      ...Object.fromEntries([config, ...tars].map((it) => [blob(it), it])),
      "manifest.json": Buffer.from(JSON.stringify(manifest)),
    }),
  );
}

function sampleLayers(): readonly SampleLayer[] {
  const run = (command: string): string => `RUN /bin/sh -c ${command} # buildkit`;
  const copy = (words: string): string => `COPY ${words} # buildkit`;
  const folder = (name: string): Record<string, Uint8Array> => filesOf(join(sample, name), `app/${name}`);
  const file = (name: string): Record<string, Uint8Array> => ({
    [`app/${name}`]: readFileSync(join(sample, name)),
  });
  const app = {
    ...file("pyproject.toml"),
    ...file("uv.lock"),
    ...folder("truthgraph"),
    ...file("alembic.ini"),
    ...folder("alembic"),
    ...folder("tests"),
    ...folder("scripts"),
  };
  return [
    {
      createdBy: "# debian.sh --arch 'amd64' out/ 'trixie'",
      files: { "usr/lib/libc.so.6": filled(780_000) },
    },
    {
      createdBy:
        "ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PATH=/root/.local/bin:/usr/local/bin",
    },
    { createdBy: "WORKDIR /app", files: {} },
    {
      createdBy: run(
        "apt-get update && apt-get install -y --no-install-recommends     postgresql-client     curl     gcc     g++     && rm -rf /var/lib/apt/lists/*     && apt-get clean",
      ),
      files: {
        "usr/bin/psql": filled(560_000),
        "usr/bin/curl": filled(24_000),
        "usr/lib/gcc/x86_64-linux-gnu/14/cc1": filled(1_400_000),
        "usr/lib/gcc/x86_64-linux-gnu/14/cc1plus": filled(1_100_000),
      },
    },
    {
      createdBy: run("curl -LsSf https://astral.sh/uv/install.sh | sh"),
      files: { "root/.local/bin/uv": filled(380_000) },
    },
    { createdBy: "WORKDIR /app", files: {} },
    {
      createdBy: copy("/usr/local /usr/local"),
      files: { ...distribution("torch", "2.9.0", 9_200_000), ...distribution("numpy", "2.3.4", 640_000) },
    },
    { createdBy: copy("/root/.local /root/.local"), files: { "root/.local/bin/uv": filled(380_000) } },
    { createdBy: copy("pyproject.toml ./pyproject.toml"), files: file("pyproject.toml") },
    { createdBy: copy("uv.lock ./uv.lock"), files: file("uv.lock") },
    { createdBy: copy("truthgraph ./truthgraph"), files: folder("truthgraph") },
    { createdBy: copy("alembic.ini ./alembic.ini"), files: file("alembic.ini") },
    { createdBy: copy("alembic ./alembic"), files: folder("alembic") },
    { createdBy: copy("tests ./tests"), files: folder("tests") },
    { createdBy: copy("scripts ./scripts"), files: folder("scripts") },
    // It changes no bit of any file, and stores all of /app again.
    { createdBy: run("mkdir -p /root/.cache/huggingface     && chmod -R a+rX /app"), files: app },
    {
      createdBy:
        "ENV TRUTHGRAPH_ENV=production TRUTHGRAPH_LOG_LEVEL=info UVICORN_WORKERS=2 TOKENIZERS_PARALLELISM=false",
    },
    { createdBy: "EXPOSE map[8000/tcp:{}]" },
    {
      createdBy:
        'HEALTHCHECK &{["CMD-SHELL" "curl -fsS http://127.0.0.1:8000/health || exit 1"] "30s" "5s" "40s" "0s" \'\\x03\'}',
    },
    { createdBy: "ENV HF_HOME=/root/.cache/huggingface HUGGINGFACE_HUB_CACHE=/root/.cache/huggingface" },
    { createdBy: 'CMD ["uvicorn" "truthgraph.main:app" "--host" "0.0.0.0" "--port" "8000"]' },
  ];
}

function distribution(name: string, version: string, size: number): Record<string, Uint8Array> {
  const site = "usr/local/lib/python3.12/site-packages";
  const info = `${name}-${version}.dist-info`;
  return {
    [`${site}/${name}/lib/lib${name}.so`]: filled(size),
    [`${site}/${info}/METADATA`]: Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`),
    [`${site}/${info}/RECORD`]: Buffer.from(
      `${name}/lib/lib${name}.so,,\n${info}/METADATA,,\n${info}/RECORD,,\n`,
    ),
  };
}

function filesOf(folder: string, into: string): Record<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  return Object.fromEntries(
    paths
      .sort()
      .map((path) => [`${into}/${relative(folder, path).split(sep).join("/")}`, readFileSync(path)]),
  );
}

const filled = (size: number): Uint8Array => Buffer.alloc(size, 0x50);
const digest = (it: Uint8Array): string => createHash("sha256").update(it).digest("hex");

function tarOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, content] of Object.entries(files)) {
    parts.push(
      headOf(path, content.length),
      content,
      Buffer.alloc((block - (content.length % block)) % block),
    );
  }
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

/** `flag`: of ustar, a regular file's where none is given. */
export function headOf(path: string, size: number, flag = "0"): Uint8Array {
  const head = Buffer.alloc(block);
  // Names here fit ustar's two fields.
  const cut = path.length <= 100 ? 0 : path.indexOf("/", path.length - 101);
  head.write(cut === 0 ? path : path.slice(cut + 1), 0);
  if (cut > 0) head.write(path.slice(0, cut), 345);
  head.write("0000644\0", 100);
  head.write("0000000\0", 108);
  head.write("0000000\0", 116);
  head.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0", 136);
  head.write("        ", 148);
  head.write(flag, 156);
  head.write("ustar\u000000", 257);
  const sum = head.reduce((total, it) => total + it, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}
