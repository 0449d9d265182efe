import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mirrorOfThisMachine } from "../../../scripts/engines/mirror.ts";
import { root } from "../../built/support/places.ts";

/**
 * Base images for proofs by building. No registry is asked: Debian 12 comes from the package mirror that this machine
 * uses, with the settings for apt that the official image has, and carries that image's name in the tests' own
 * engine, so that what a rule knows about the official image is held against the build.
 */
export const debian = "debian:bookworm";
/** Python from Debian's packages under the official image's name; drops documentation as slim images do. */
export const python = "python:3.11-slim-bookworm";
/** The same without documentation. */
export const slimDebian = "debian:bookworm-slim";
/** The image of Python above with more packages on it, as its full kin has. */
export const fullPython = "python:3.11-bookworm";
export const golang = "golang:1.19-bookworm";
/** The machine's Node.js and npm on Debian, under the official image's name. */
export const node = "node:20-bookworm";
/** The last release whose useradd keeps login logs. Nothing can be installed on it: apt's sources are another release's. */
export const oldDebian = "debian:bullseye";

/** Counted up when the bases change, so that an engine's kept images are made anew. */
const version = "2";

/** Settings of the official image below /etc/apt/apt.conf.d, as of debuerreotype 0.15. */
const aptSettings: Readonly<Record<string, string>> = {
  "docker-clean":
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
  "docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
  "docker-no-languages": 'Acquire::Languages "none";\n',
  "docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
};

/** Settings of the official slim images below /etc/dpkg/dpkg.cfg.d. */
const slimSettings = [
  ...["/usr/share/doc/*", "/usr/share/info/*", "/usr/share/linda/*", "/usr/share/lintian/overrides/*"],
  ...["/usr/share/locale/*", "/usr/share/man/*"],
]
  .map((it) => `path-exclude ${it}\n`)
  .join("")
  .concat("path-include /usr/share/doc/*/copyright\n");

const certificates = "/etc/ssl/machine-certificates.crt";
const folder = join(root, ".cache", "bases");

/** Makes what is not there yet: a minute or two once, nothing afterwards. */
export function makeBases(host: string): void {
  if (!isThere(host, debian)) importDebian(host, debian, "bookworm");
  if (!isThere(host, oldDebian)) importDebian(host, oldDebian, "bullseye");
  if (!isThere(host, node)) buildNode(host);
  if (!isThere(host, python)) buildPython(host);
  const cleanUp = "rm -rf /var/lib/apt/lists/*";
  const install = "RUN apt-get update && apt-get install -y --no-install-recommends";
  make(host, slimDebian, `FROM ${debian}\nRUN rm -rf /usr/share/doc /usr/share/man /usr/share/locale\n`);
  make(host, fullPython, `FROM ${python}\n${install} file patch && ${cleanUp}\n`);
  make(host, golang, `FROM ${debian}\n${install} golang-go && ${cleanUp}\n`);
}

function make(host: string, image: string, text: string): void {
  if (isThere(host, image)) return;
  const context = join(folder, "made");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Dockerfile"), text);
  docker(host, ["build", "--network=host", "-q", "--label", `test=${version}`, "-t", image, context]);
}

/** Standard error joins the message of what it throws. */
export const docker = (host: string, words: readonly string[]): string =>
  execFileSync("/usr/bin/docker", ["-H", host, ...words], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });

function isThere(host: string, image: string): boolean {
  const words = ["-H", host, "image", "inspect", "-f", '{{index .Config.Labels "test"}}', image];
  const found = spawnSync("/usr/bin/docker", words, { encoding: "utf8" });
  return found.status === 0 && found.stdout.trim() === version;
}

function importDebian(host: string, image: string, release: string): void {
  const archive = join(folder, `${release}-${version}.tar`);
  if (!existsSync(archive)) packDebian(archive, release);
  const change = ["--change", `LABEL test=${version}`, "--change", 'CMD ["bash"]'];
  const variables = Object.entries(machineVariables()).flatMap(([name, value]) => [
    "--change",
    `ENV ${name}=${value}`,
  ]);
  docker(host, ["import", ...change, ...variables, archive, image]);
}

function packDebian(archive: string, release: string): void {
  const tree = join(folder, "debian");
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const mirror = mirrorOfThisMachine();
  execFileSync(
    "debootstrap",
    ["--variant=minbase", "--include=ca-certificates", release, tree, ...(mirror ? [mirror] : [])],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  // The machine's sources, with what they need to be reached and believed.
  for (const it of ["sources.list", "sources.list.d", "auth.conf.d", "trusted.gpg.d"]) {
    const from = join("/etc/apt", it);
    rmSync(join(tree, from), { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, join(tree, from), { recursive: true, dereference: true });
  }
  for (const it of readdirSync("/usr/share/keyrings")) {
    cpSync(join("/usr/share/keyrings", it), join(tree, "usr/share/keyrings", it), { dereference: true });
  }
  for (const it of readdirSync("/etc/apt/apt.conf.d").map((name) => join("/etc/apt/apt.conf.d", name))) {
    // What a package brought belongs to this machine, not to the way to the mirror.
    if (spawnSync("dpkg", ["-S", it]).status !== 0) cpSync(it, join(tree, it), { dereference: true });
  }
  for (const [name, text] of Object.entries(aptSettings)) {
    writeFileSync(join(tree, "etc/apt/apt.conf.d", name), text);
  }
  const own = process.env["SSL_CERT_FILE"] ?? "/etc/ssl/certs/ca-certificates.crt";
  if (existsSync(own)) writeFileSync(join(tree, certificates), readFileSync(own));
  for (const it of ["var/lib/apt/lists", "var/cache/apt"]) {
    rmSync(join(tree, it), { recursive: true, force: true });
    mkdirSync(join(tree, it), { recursive: true });
  }
  execFileSync("tar", ["-C", tree, "--numeric-owner", "-cf", `${archive}.part`, "."]);
  execFileSync("mv", [`${archive}.part`, archive]);
  rmSync(tree, { recursive: true, force: true });
}

/** What clients inside a build need to reach the indexes that this machine uses. */
function machineVariables(): Readonly<Record<string, string>> {
  const res: Record<string, string> = {
    SSL_CERT_FILE: certificates,
    PIP_CERT: certificates,
    REQUESTS_CA_BUNDLE: certificates,
    NODE_EXTRA_CA_CERTS: certificates,
  };
  const names = [
    ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
    ["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "GOPROXY", "npm_config_registry"],
  ].flat();
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined && value !== "") res[name] = value;
  }
  return res;
}

function buildPython(host: string): void {
  const context = join(folder, "python");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "slim"), slimSettings);
  writeFileSync(
    join(context, "Dockerfile"),
    `FROM ${debian}
COPY slim /etc/dpkg/dpkg.cfg.d/docker
RUN apt-get update \\
    && apt-get install -y --no-install-recommends python3 python3-pip python3-venv \\
    && ln -s python3 /usr/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED \\
    && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale
CMD ["python3"]
`,
  );
  docker(host, ["build", "--network=host", "-t", python, context]);
}

function buildNode(host: string): void {
  const context = join(folder, "node");
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  cpSync(process.execPath, join(context, "node"), { dereference: true });
  const modules = execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim();
  cpSync(join(modules, "npm"), join(context, "npm"), { recursive: true, dereference: true });
  writeFileSync(
    join(context, "Dockerfile"),
    `FROM ${debian}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
`,
  );
  docker(host, ["build", "--network=host", "-q", "--label", `test=${version}`, "-t", node, context]);
}
