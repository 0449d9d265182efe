import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ownedIn, type SmallFile, smallImage } from "../support/small-image.ts";

describe("dpkg", () => {
  const stanza = (name: string, ...more: string[]): string =>
    [
      `Package: ${name}`,
      "Status: install ok installed",
      "Version: 1-2",
      "Architecture: amd64",
      ...more,
      "",
    ].join("\n");

  it("owns what the lists name, through the links of a merged /usr", () => {
    expect(
      ownedIn({
        lib: { to: "usr/lib" },
        "usr/lib/libc.so": 100,
        "usr/bin/tool": 7,
        "usr/bin/other": 3,
        "var/lib/dpkg/status": [
          stanza("libc6", "Provides: libc"),
          stanza("tool", "Depends: absent | libc (>= 2), other:any", "Pre-Depends: libc6"),
          stanza("other"),
          stanza("gone").replace("ok installed", "ok config-files"),
        ].join("\n"),
        "var/lib/dpkg/info/libc6:amd64.list": "/.\n/lib\n/lib/libc.so\n",
        "var/lib/dpkg/info/tool.list": "/.\n/usr/bin/tool\n/usr/share/doc/tool\n",
        "var/lib/dpkg/info/other.list": "/usr/bin/other\n",
        "var/lib/apt/extended_states": "Package: libc6\nArchitecture: amd64\nAuto-Installed: 1\n\n",
      }),
    ).toEqual(["libc6 1-2 100 pulled in", "other 1-2 3 asked", "tool 1-2 7 > libc6 > other asked"]);
  });

  it("follows diversions and tells two architectures apart", () => {
    expect(
      ownedIn({
        "usr/bin/awk": 5,
        "usr/bin/awk.old": 50,
        "usr/lib/a": 1,
        "usr/lib/b": 2,
        "var/lib/dpkg/status": [
          stanza("dpkg"),
          stanza("old"),
          stanza("new"),
          stanza("z"),
          stanza("z").replace("amd64", "i386"),
        ].join("\n"),
        "var/lib/dpkg/diversions": "/usr/bin/awk\n/usr/bin/awk.old\nnew\n",
        "var/lib/dpkg/info/dpkg.list": "",
        "var/lib/dpkg/info/old.list": "/usr/bin/awk\n",
        "var/lib/dpkg/info/new.list": "/usr/bin/awk\n",
        "var/lib/dpkg/info/z:amd64.list": "/usr/lib/a\n",
        "var/lib/dpkg/info/z:i386.list": "/usr/lib/b\n",
      }),
    ).toEqual(["new 1-2 5", "old 1-2 50", "z 1-2 1", "z:i386 1-2 2"]);
  });

  it("reads distroless images, and says which package has no list", () => {
    const base = "Package: base-files\nVersion: 12\nArchitecture: amd64\n";
    expect(
      ownedIn({
        "etc/os": 9,
        "etc/more": 4,
        "var/lib/dpkg/status.d/base": base,
        "var/lib/dpkg/status.d/base.md5sums":
          "d41d8cd98f00b204e9800998ecf8427e  etc/os\nd41d8cd98f00b204e9800998ecf8427e  ./etc/more\n",
      }),
    ).toEqual(["base-files 12 13"]);
    expect(smallImage({ "var/lib/dpkg/status": stanza("lost") }).troubles).toEqual([
      { path: "var/lib/dpkg/status", why: "the package lost has no list of files" },
    ]);
  });
});

describe("apk", () => {
  const database = [
    "C:Q1abc=\nP:musl\nV:1.2\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl.so\nZ:Q1x=\n",
    "P:busybox\nV:1.36\nD:so:libc.musl-x86_64.so.1 !conflict\nF:bin\nR:busybox\na:0:0:755\nF:etc\nR:securetty\n",
  ].join("\n");

  it("owns the files of its folders, and knows the world", () => {
    expect(
      ownedIn({
        "lib/ld-musl.so": 600,
        "bin/busybox": 800,
        "etc/securetty": 1,
        "lib/apk/db/installed": database,
        "etc/apk/world": "busybox>1\n",
      }),
    ).toEqual(["busybox 1.36 801 > musl asked", "musl 1.2 600 pulled in"]);
  });

  it("keeps what can be read of a broken database", () => {
    const { troubles, packages } = smallImage({
      "lib/ld-musl.so": 600,
      "lib/apk/db/installed": `${database}\n\nV:3\nF:x\n`,
    });
    expect(packages.find((it) => it.name === "musl")?.bytes).toBe(600);
    expect(troubles.map((it) => it.path)).toEqual(["lib/apk/db/installed"]);
  });
});

describe("python", () => {
  const site = "usr/lib/python3/site-packages";
  const distribution = (name: string, files: Readonly<Record<string, number>>, ...more: string[]) => ({
    ...Object.fromEntries(Object.entries(files).map(([path, size]) => [`${site}/${path}`, size] as const)),
    [`${site}/${name}-1.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1\n${more.join("\n")}\n\ntext\nName: no\n`,
    [`${site}/${name}-1.dist-info/RECORD`]: Object.keys(files)
      .map((path) => `${path.includes(",") ? `"${path}"` : path},sha256=x,1`)
      .join("\n"),
  });
  const metadata = (table: Record<string, SmallFile>): number =>
    Object.entries(table).reduce(
      (sum, [path, it]) =>
        /dist-info|egg-info/.test(path) && typeof it === "string" ? sum + it.length : sum,
      0,
    );

  it("owns RECORD's files, their bytecode and its own metadata", () => {
    const table = {
      ...distribution("one", { "one/__init__.py": 10, "a,b.py": 5, "../../../bin/one": 3 }),
      "usr/bin/one": 3,
      [`${site}/one/__pycache__/__init__.cpython-312.pyc`]: 20,
      [`${site}/one/__pycache__/stranger.cpython-312.pyc`]: 1_000,
    };
    expect(ownedIn(table)).toEqual([`one 1 ${10 + 5 + 3 + 20 + metadata(table)} pulled in`]);
  });

  it("has an edge where a requirement holds, by extras and systems too", () => {
    const found = ownedIn({
      ...distribution(
        "web",
        { "web.py": 1 },
        "Requires-Dist: server[fast] (>=1)",
        'Requires-Dist: helper; sys_platform == "win32"',
      ),
      ...distribution(
        "server",
        { "server.py": 1 },
        'Requires-Dist: loop; extra == "fast"',
        'Requires-Dist: helper; extra == "slow"',
      ),
      ...distribution("loop", { "loop.py": 1 }),
      ...distribution("helper", { "helper.py": 1 }),
    }).map((it) => it.replace(/ 1 \d+/, "").replace(" pulled in", ""));
    expect(found).toEqual(["helper", "loop", "server > loop", "web > server"]);
  });

  it("belongs to Debian where Debian brought it, without a word about a missing RECORD", () => {
    const path = "usr/lib/python3/dist-packages/six-1.dist-info/METADATA";
    const { packages, troubles } = smallImage({
      [path]: "Name: six\nVersion: 1\n",
      "var/lib/dpkg/status": "Package: python3-six\nStatus: install ok installed\nVersion: 1\n",
      "var/lib/dpkg/info/python3-six.list": `/${path}\n`,
    });
    expect(packages.map((it) => it.name)).toEqual(["(no package)", "python3-six"].sort());
    expect(troubles).toEqual([]);
  });

  it("knows editable installs, new and old", () => {
    const info = `${site}/app-1.dist-info`;
    const table = {
      "srv/app/src/app/main.py": 1_000,
      "srv/app/tests/test_main.py": 99,
      ...distribution("app", { "_app.pth": 0 }),
      [`${site}/_app.pth`]: "/srv/app/src\n",
      [`${info}/direct_url.json`]: '{"dir_info": {"editable": true}, "url": "file:///srv/app"}',
    };
    expect(ownedIn(table)).toEqual([`app 1 ${1_000 + 13 + metadata(table)} pulled in`]);
    const old = {
      "srv/old/old.py": 500,
      "srv/old/old.egg-info/PKG-INFO": "Name: old\nVersion: 2\n",
      "srv/old/old.egg-info/SOURCES.txt": "setup.py\nold.py\n",
      [`${site}/old.egg-link`]: "/srv/old\n.",
    };
    expect(ownedIn(old)).toEqual([`old 2 ${500 + 10 + metadata(old)}`]);
  });

  it("knows egg-info folders with and without a list", () => {
    const table = {
      [`${site}/a.py`]: 10,
      [`${site}/a-1.egg-info/PKG-INFO`]: "Name: a\nVersion: 1\n",
      [`${site}/a-1.egg-info/installed-files.txt`]: "../a.py\nPKG-INFO\n",
      [`${site}/b/__init__.py`]: 20,
      [`${site}/b-1.egg-info/PKG-INFO`]: "Name: b\nVersion: 1\n",
      [`${site}/b-1.egg-info/top_level.txt`]: "b\n",
      [`${site}/b-1.egg-info/requires.txt`]: "a>=1\n\n[extra]\nmissing\n",
    };
    expect(ownedIn(table).map((it) => it.replace(/\d+$/, ""))).toEqual([
      `a 1 ${10 + 19 + "../a.py\nPKG-INFO\n".length}`.replace(/\d+$/, ""),
      `b 1 ${20 + 19 + 2 + "a>=1\n\n[extra]\nmissing\n".length} > a`,
    ]);
  });

  it("says which metadata are broken", () => {
    expect(smallImage({ [`${site}/x-1.dist-info/METADATA`]: "\0\0" }).troubles).toEqual([
      { path: `${site}/x-1.dist-info/METADATA`, why: "no Name in the metadata of this distribution" },
    ]);
  });
});

describe("npm", () => {
  const json = (name: string, needs: string[] = []): string =>
    JSON.stringify({
      name,
      version: "1.0.0",
      dependencies: Object.fromEntries(needs.map((it) => [it, "*"])),
    });

  it("owns nested trees, and knows what the project asked for", () => {
    const a = json("a", ["b"]);
    const b = json("b");
    expect(
      ownedIn({
        "app/package.json": json("app", ["a"]),
        "app/node_modules/a/package.json": a,
        "app/node_modules/a/lib/index.js": 100,
        "app/node_modules/a/node_modules/b/package.json": b,
        "app/node_modules/a/node_modules/b/b.js": 50,
        "app/node_modules/@s/c/package.json": json("@s/c"),
        "app/node_modules/a/esm/package.json": '{"type":"module"}',
      }),
    ).toEqual([
      `@s/c 1.0.0 ${json("@s/c").length} pulled in`,
      `a 1.0.0 ${100 + a.length + 17} > b asked`,
      `b 1.0.0 ${50 + b.length} pulled in`,
    ]);
  });

  it("follows pnpm's links and hard links into its store", () => {
    const text = json("a");
    const inner = "app/node_modules/.pnpm/a@1.0.0/node_modules/a";
    const { packages, categories } = smallImage({
      "app/package.json": json("app", ["a"]),
      "root/.local/share/pnpm/store/v3/x": 400,
      [`${inner}/a.js`]: { same: "root/.local/share/pnpm/store/v3/x" },
      [`${inner}/package.json`]: text,
      "app/node_modules/a": { to: ".pnpm/a@1.0.0/node_modules/a" },
    });
    expect(packages[0]).toMatchObject({ name: "a", bytes: 400 + text.length, requested: true });
    expect(categories.find((it) => it.id === "package-manager-caches")).toBeUndefined();
  });

  it("names what is broken by its folder", () => {
    const { packages, troubles } = smallImage({ "app/node_modules/x/package.json": "{" });
    expect(packages[0]).toMatchObject({ ecosystem: "npm", name: "x", version: "", requested: null });
    expect(troubles[0]?.path).toBe("app/node_modules/x/package.json");
  });
});

it("conda owns its records' files before Python does", () => {
  const six = JSON.stringify({
    name: "six",
    version: "1.16",
    depends: ["python >=3"],
    requested_spec: "six",
    files: ["lib/python3.12/site-packages/six.py", "lib/python3.12/site-packages/six-1.dist-info/METADATA"],
  });
  expect(
    ownedIn({
      "opt/conda/conda-meta/six-1.json": six,
      "opt/conda/conda-meta/python-3.json": '{"name":"python","version":"3","files":["bin/python"]}',
      "opt/conda/bin/python": 1_000,
      "opt/conda/lib/python3.12/site-packages/six.py": 30,
      "opt/conda/lib/python3.12/site-packages/six-1.dist-info/METADATA": "Name: six\n",
    }),
  ).toEqual([`python 3 ${1_000 + 54} pulled in`, `six 1.16 ${six.length + 30 + 10} > python asked`]);
});

it("gems own their folders", () => {
  const gemspec =
    'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "3.0"\n  s.add_dependency(%q<json>.freeze, [">= 1"])\nend\n';
  expect(
    ownedIn({
      "var/lib/gems/3.1.0/specifications/rack-3.0.gemspec": gemspec,
      "var/lib/gems/3.1.0/specifications/json-2.gemspec": gemspec.replace("rack", "json"),
      "var/lib/gems/3.1.0/gems/rack-3.0/lib/rack.rb": 70,
      "var/lib/gems/3.1.0/cache/rack-3.0.gem": 30,
    }),
  ).toEqual([`json 3.0 ${gemspec.length}`, `rack 3.0 ${gemspec.length + 100} > json`]);
});

describe("java", () => {
  it("reads what Maven packed, and gives archives inside the bytes that they take", () => {
    const inner = zipOf({ "META-INF/maven/g.i/inner/pom.properties": "version=2\n" }, true);
    const jar = zipOf(
      {
        "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\nImplementation-Version: 9\r\n\r\n",
        "META-INF/maven/g/app/pom.properties": "#x\nversion=1.5\ngroupId=g\nartifactId=app\n",
        "BOOT-INF/lib/inner-2.jar": inner,
      },
      true,
    );
    expect(ownedIn({ "srv/app.jar": jar })).toEqual([
      `g.i:inner 2 ${inner.length} pulled in`,
      `g:app 1.5 ${jar.length - inner.length} > g.i:inner`,
    ]);
    const packed = zipOf(
      { "META-INF/MANIFEST.MF": `Implementation-Version: 7\n${"X: y\n".repeat(50)}` },
      false,
    );
    expect(ownedIn({ "srv/plain.war": packed })).toEqual([`plain 7 ${packed.length}`]);
  });
});

/** A zip archive; `stored`: entries lie in it as they are. */
function zipOf(files: Readonly<Record<string, string | Buffer>>, stored: boolean): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const plain = Buffer.from(content);
    const body = stored ? plain : deflateRawSync(plain);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    entry.writeUInt32LE(body.length, 20);
    entry.writeUInt32LE(plain.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    bodies.push(head, Buffer.from(name), body);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + body.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
