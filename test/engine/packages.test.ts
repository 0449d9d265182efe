import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";
import { root } from "../built/support/places.ts";

interface Row {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly dependsOn: readonly string[];
  readonly requested: boolean | null;
}
interface Analysis {
  readonly bytes: { readonly layers: number };
  readonly packages: readonly Row[];
  readonly categories: readonly { readonly bytes: number }[];
  readonly strippable: { readonly bytes: number; readonly files: number };
  readonly troubles: readonly unknown[];
}

/** One tree with packages of many managers; what they brought is asked of the managers themselves. */
describe.skipIf(inject("reason") !== "")("packages", () => {
  let folder = "";
  let tree = "";
  let found: Analysis;
  const run = (program: string, ...words: string[]): string =>
    execFileSync(program, words, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
  const write = (path: string, content: string | Buffer): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return join(folder, path);
  };
  const rowsOf = (ecosystem: string): Map<string, Row> =>
    new Map(found.packages.filter((it) => it.ecosystem === ecosystem).map((it) => [it.name, it]));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-packages-"));
    tree = join(folder, "tree");
    mkdirSync(join(tree, "usr", "lib"), { recursive: true });
    symlinkSync("usr/lib", join(tree, "lib"));
    installDebs();
    installRpms();
    installPython();
    installNode();
    installPnpmAndYarn();
    installGem();
    addBinaries();
    found = await analysed();
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("sum to all bytes, as categories do, without a trouble", () => {
    const sum = (rows: readonly { bytes: number }[]): number =>
      rows.reduce((total, row) => total + row.bytes, 0);
    expect(sum(found.packages)).toBe(found.bytes.layers);
    expect(sum(found.categories)).toBe(found.bytes.layers);
    expect(found.troubles).toEqual([]);
  });

  it("of Debian are what dpkg-query lists, with apt's marks", () => {
    const words = [`--admindir=${tree}/var/lib/dpkg`];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation.
    const names = lines(run("dpkg-query", ...words, "-W", "-f", "${Package} ${Version}\n"));
    const rows = rowsOf("deb");
    expect([...rows.values()].map((it) => `${it.name} ${it.version}`).sort()).toEqual(names.sort());
    for (const { name, bytes } of rows.values())
      expect([name, bytes]).toEqual([name, bytesOf(lines(run("dpkg-query", ...words, "-L", name)))]);
    expect(rows.get("counted-tool")).toMatchObject({ dependsOn: ["counted-lib"], requested: true });
    expect(rows.get("counted-lib")?.requested).toBe(false);
  });

  it("of RPM are what rpm -qa says", () => {
    const query = "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{SIZE}\n";
    const rows = [...rowsOf("rpm").values()].map((it) => `${it.name} ${it.version} ${it.bytes}`);
    expect(rows.sort()).toEqual(
      lines(run("rpm", "--root", tree, "--dbpath", "/var/lib/rpm", "-qa", "--qf", query)).sort(),
    );
    expect(rowsOf("rpm").get("rpm-counted")?.dependsOn).toEqual(["rpm-helper"]);
  });

  it("of Python are what RECORD lists in both environments, and an editable one's sources", () => {
    const records = lines(run("find", join(tree, "opt"), "-name", "RECORD"));
    const rows = rowsOf("python");
    const brought = new Map<string, string[]>();
    for (const record of records) {
      const home = dirname(dirname(record));
      const name = /^Name: (.+)$/m.exec(readFileSync(join(dirname(record), "METADATA"), "utf8"))?.[1] ?? "";
      const listed = lines(readFileSync(record, "utf8")).map((it) => join(home, it.split(",")[0] ?? ""));
      const sources = name === "counted" ? [join(tree, "srv", "counted", "src", "counted.py")] : [];
      brought.set(name, [...(brought.get(name) ?? []), ...listed, ...sources]);
    }
    expect(records.length).toBeGreaterThan(brought.size);
    expect([...rows].map(([name, { bytes }]) => [name, bytes]).sort()).toEqual(
      [...brought]
        .map(([name, paths]) => [name, bytesOf(paths.map((it) => `/${relative(tree, it)}`))])
        .sort(),
    );
    expect(rows.get("numpy")?.requested).toBe(true);
  });

  it("of Node are what lies in their folders", () => {
    const rows = rowsOf("npm");
    // pnpm has a folder for each, and links to them; its files are further names of those in its store.
    const folders = lines(
      run("find", join(tree, "srv"), "-path", "*/node_modules/*", "-name", "package.json", "-type", "f"),
    ).map((it) => dirname(it));
    const names = folders.map((it) => it.slice(it.lastIndexOf("/") + 1));
    expect(names.sort()).toEqual(["debug", "has-flag", "ms", "once", "supports-color", "wrappy"]);
    expect([...rows.keys()].sort()).toEqual(names);
    for (const home of folders) {
      const name = home.slice(home.lastIndexOf("/") + 1);
      const files = lines(run("find", home, "-type", "f"));
      expect([name, rows.get(name)?.bytes]).toEqual([
        name,
        bytesOf(files.map((it) => `/${relative(tree, it)}`)),
      ]);
    }
    for (const [asked, pulled] of [
      ["debug", "ms"],
      ["supports-color", "has-flag"],
      ["once", "wrappy"],
    ] as const) {
      expect([asked, rows.get(asked)]).toMatchObject([asked, { dependsOn: [pulled], requested: true }]);
      expect([pulled, rows.get(pulled)]).toMatchObject([pulled, { dependsOn: [], requested: false }]);
    }
  });

  it("of Ruby are a gem's folder, specification and archive", () => {
    const home = join(tree, "var", "lib", "gems");
    const files = lines(run("find", home, "-type", "f", "-path", "*counted-0.3*"));
    expect(rowsOf("gem").get("counted")).toMatchObject({
      version: "0.3",
      bytes: bytesOf(files.map((it) => `/${relative(tree, it)}`)),
    });
  });

  it("have symbols that strip frees, within 2 %; static libraries are not counted", () => {
    const copy = join(folder, "stripped");
    let freed = 0;
    let count = 0;
    for (const path of lines(run("find", tree, "-type", "f", "-name", "*.so*"))) {
      if (spawnSync("strip", ["--strip-unneeded", "-o", copy, path]).status !== 0) continue;
      const less = Math.max(0, statSync(path).size - statSync(copy).size);
      freed += less;
      if (less > 0) count += 1;
    }
    expect(freed).toBeGreaterThan(100_000);
    expect(found.strippable.files).toBe(count);
    expect(Math.abs(found.strippable.bytes / freed - 1)).toBeLessThan(0.02);
  });

  /** Regular files, each content once; paths count from the tree. */
  function bytesOf(paths: readonly string[]): number {
    const seen = new Set<string>();
    let res = 0;
    for (const path of paths) {
      const stats = lstatSync(join(tree, path), { throwIfNoEntry: false });
      if (stats?.isFile() !== true) continue;
      const real = join(realpathSync(dirname(join(tree, path))), path.slice(path.lastIndexOf("/") + 1));
      if (seen.has(real)) continue;
      seen.add(real);
      res += stats.size;
    }
    return res;
  }

  function installDebs(): void {
    const control = (name: string, more: string): string =>
      `Package: ${name}\nVersion: 1.2-3\nArchitecture: all\nMaintainer: A <a@b.invalid>\nDescription: x\n${more}`;
    write("debs/lib/DEBIAN/control", control("counted-lib", "Provides: counting\n"));
    write("debs/lib/lib/x86_64/libcounted.so", Buffer.alloc(4_321));
    write("debs/tool/DEBIAN/control", control("counted-tool", "Depends: counting | nothing\n"));
    write("debs/tool/usr/bin/counted-tool", Buffer.alloc(1_234));
    write("debs/tool/usr/share/doc/counted/a b.txt", "text");
    for (const it of ["lib", "tool"]) {
      run("dpkg-deb", "--root-owner-group", "-b", `debs/${it}`, `${it}.deb`);
      run("dpkg", `--root=${tree}`, "--force-not-root", "-i", `${it}.deb`);
    }
    write(
      "tree/var/lib/apt/extended_states",
      "Package: counted-lib\nArchitecture: all\nAuto-Installed: 1\n\n",
    );
  }

  function installRpms(): void {
    const spec = `Name: rpm-counted
Version: 1.5
Release: 2
Epoch: 3
Summary: x
License: MIT
BuildArch: noarch
Requires: /usr/bin/rpm-helper
%description
x
%package -n rpm-helper
Summary: y
%description -n rpm-helper
y
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/counted
head -c 12345 /dev/zero > %{buildroot}/usr/bin/rpm-helper
for i in $(seq 1 400); do head -c $i /dev/zero > %{buildroot}/usr/share/counted/file-$i; done
%files
/usr/share/counted
%files -n rpm-helper
/usr/bin/rpm-helper
`;
    const words = ["--define", `_topdir ${folder}/rpm`, "--define", `_rpmdir ${folder}/rpms`];
    run("rpmbuild", "-bb", ...words, write("counted.spec", spec));
    const built = lines(run("find", "rpms", "-name", "*.rpm"));
    run(
      "rpm",
      "--root",
      tree,
      "--dbpath",
      "/var/lib/rpm",
      "-i",
      "--nodeps",
      ...built.map((it) => join(folder, it)),
    );
  }

  function installPython(): void {
    const project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
    write("tree/srv/counted/pyproject.toml", project);
    write("tree/srv/counted/src/counted.py", `value = 1\n${"# a comment\n".repeat(100)}`);
    write("tree/srv/counted/backend.py", editableBackend);
    run("python3", "-m", "venv", join(tree, "opt", "venv"));
    const pip = [join(tree, "opt", "venv", "bin", "python"), "-m", "pip", "install", "--quiet"] as const;
    const [python, ...words] = pip;
    run(python, ...words, "numpy");
    // Its own copy of pip, in a second environment.
    run("python3", "-m", "venv", join(tree, "opt", "other"));
    run(python, ...words, "--no-deps", "-e", join(tree, "srv", "counted"));
    // The project's place is that in the image.
    const site =
      lines(run("find", join(tree, "opt", "venv"), "-type", "d", "-name", "site-packages"))[0] ?? "";
    writeFileSync(join(site, "_counted.pth"), "/srv/counted/src\n");
    const [info = ""] = readdirSync(site).filter((it) => it.startsWith("counted-"));
    const note = '{"dir_info": {"editable": true}, "url": "file:///srv/counted"}';
    writeFileSync(join(site, info, "direct_url.json"), note);
  }

  function installNode(): void {
    write(
      "tree/srv/node/package.json",
      '{"name":"app","version":"1.0.0","dependencies":{"supports-color":"7.2.0"}}',
    );
    const words = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    run("npm", "install", "--package-lock-only", "--prefix", join(tree, "srv", "node"), ...words);
    run("npm", "ci", "--prefix", join(tree, "srv", "node"), ...words);
  }

  function installPnpmAndYarn(): void {
    const words = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    run("npm", "install", "--prefix", join(folder, "tools"), "pnpm@9.15.9", "yarn@1.22.22", ...words);
    const tool = (name: string): string => join(folder, "tools", "node_modules", ".bin", name);
    const project = (name: string, needs: string): string =>
      dirname(
        write(
          `tree/srv/${name}/package.json`,
          `{"name":"${name}","version":"1.0.0","dependencies":${needs}}`,
        ),
      );
    const pnpm = project("pnpm", '{"debug":"4.3.4"}');
    run(
      tool("pnpm"),
      "install",
      "--ignore-scripts",
      "--dir",
      pnpm,
      "--store-dir",
      join(tree, "srv", "store"),
    );
    const yarn = project("yarn", '{"once":"1.4.0"}');
    run(
      tool("yarn"),
      "install",
      "--ignore-scripts",
      "--silent",
      "--cwd",
      yarn,
      "--cache-folder",
      join(folder, "yarn"),
    );
  }

  /** Shared objects of this machine, one with symbols, and a static library. */
  function addBinaries(): void {
    const library = (name: string): string => join(tree, "usr", "lib", "binaries", name);
    mkdirSync(library(""), { recursive: true });
    const small = ["/usr/lib", "-type", "f", "-name", "*.so*", "-size", "-500k"];
    for (const [index, path] of lines(run("find", ...small))
      .slice(0, 200)
      .entries())
      copyFileSync(path, library(`lib${index}.so`));
    const fixture = (name: string): Buffer =>
      gunzipSync(readFileSync(join(root, "test", "core", "image", "fixtures", `${name}.gz`)));
    writeFileSync(library("symbols.so"), fixture("shared-object.so"));
    const object = write("object.o", fixture("object.o"));
    run("ar", "rcs", library("static.a"), object);
  }

  function installGem(): void {
    write("gem/lib/counted.rb", "# counted\n".repeat(200));
    const gemspec =
      'Gem::Specification.new { |s| s.name = "counted"; s.version = "0.3"; s.summary = "x"; s.authors = ["a"]; s.files = ["lib/counted.rb"] }\n';
    write("gem/counted.gemspec", gemspec);
    execFileSync("gem", ["build", "counted.gemspec"], { cwd: join(folder, "gem"), stdio: "ignore" });
    const home = join(tree, "var", "lib", "gems");
    run(
      "gem",
      "install",
      "--local",
      "--no-document",
      "--install-dir",
      home,
      join(folder, "gem", "counted-0.3.gem"),
    );
  }

  /** The tree as an archive of one layer. */
  async function analysed(): Promise<Analysis> {
    run("tar", "-C", tree, "-cf", "layer.tar", ".");
    const diffId = createHash("sha256")
      .update(readFileSync(join(folder, "layer.tar")))
      .digest("hex");
    const config = {
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
    };
    write("config.json", JSON.stringify(config));
    write(
      "manifest.json",
      JSON.stringify([{ Config: "config.json", RepoTags: ["t:1"], Layers: ["layer.tar"] }]),
    );
    run("tar", "-cf", "image.tar", "manifest.json", "config.json", "layer.tar");
    const { out, err } = await plimsoll(folder, ["analyze", "image.tar", "--format", "json"]);
    expect(err).toBe("");
    return JSON.parse(out) as Analysis;
  }
});

const lines = (text: string): string[] => text.split("\n").filter((it) => it !== "");

/** A build backend (PEP 660) that needs nothing from an index. */
const editableBackend = `
import os, zipfile
def get_requires_for_build_editable(config_settings=None):
    return []
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "counted-1-py3-none-any.whl"
    info = "counted-1.dist-info"
    files = {
        "_counted.pth": os.path.join(os.getcwd(), "src") + "\\n",
        info + "/METADATA": "Metadata-Version: 2.1\\nName: counted\\nVersion: 1\\n",
        info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[info + "/RECORD"] = "".join(it + ",,\\n" for it in [*files, info + "/RECORD"])
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
`;
