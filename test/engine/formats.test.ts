import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { startNewerEngine } from "../../scripts/engines/newer-engine.ts";
import { plimsoll } from "../built/support/command-line.ts";

const host = inject("dockerHost");
const image = "plimsoll-test-formats:1";
/** A layer that occurs twice, one without entries, one that only deletes, a link and a large enough file. */
const dockerfile = `FROM plimsoll-test-base:1
COPY data/twice /twice
COPY data/twice /twice
RUN true
RUN rm /twice && ln -s /bin/sh /shell && head -c 300000 /dev/zero > /made && ln /made /also
COPY data /data
CMD ["true"]
`;

interface Analysis {
  image: { id: string; reference: string; platform: string };
  bytes: { layers: number; visible: number; base: number | null };
  layers: { diffId: string; bytes: number; files: number; base: boolean | null }[];
  troubles: { path: string; why: string }[];
}

let folder = "";
/** Of each layer, lowest first, by GNU tar. */
let truth: { diffId: string; bytes: number; files: number }[] = [];
let storage: string[] = [];

const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: "utf8", cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
const docker = (...words: string[]): string => run("/usr/bin/docker", "-H", host, ...words);
const podman = (...words: string[]): string => run("podman", ...storage, ...words);
const buildah = (...words: string[]): string => run("buildah", ...storage, ...words);
const skopeo = (to: string, ...words: string[]): string =>
  run("skopeo", "copy", "--quiet", ...words, "docker-archive:saved.tar", to);

async function analyze(target: string, environment = {}, ...words: string[]): Promise<Analysis> {
  const args = ["analyze", target, "--format", "json", ...words];
  const { code, out, err } = await plimsoll(folder, args, environment);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Analysis;
}

/** The same layers, whoever wrote them. */
async function holds(target: string, environment = {}): Promise<Analysis> {
  const res = await analyze(target, environment);
  expect(res.layers.map(({ diffId, bytes, files }) => ({ diffId, bytes, files }))).toEqual(truth);
  expect(res.troubles).toEqual([]);
  return res;
}

/** First bytes of the blobs of a layout that are no documents. */
const magics = (layout: string): Set<string> => {
  const blobs = join(folder, layout, "blobs", "sha256");
  const starts = readdirSync(blobs).map((it) => readFileSync(join(blobs, it)).subarray(0, 4));
  return new Set(starts.filter((it) => it[0] !== 0x7b).map((it) => it.toString("hex")));
};

describe.skipIf(host === "")("an image as tools write it", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-formats-"));
    storage = [
      "--root",
      join(folder, "storage"),
      "--runroot",
      join(folder, "run"),
      "--storage-driver",
      "vfs",
    ];
    mkdirSync(join(folder, "data", "deep"), { recursive: true });
    writeFileSync(join(folder, "data", "twice"), Buffer.alloc(5_000, "twice"));
    writeFileSync(join(folder, "data", "deep", "other"), Buffer.alloc(70_000, "other"));
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    // The classic builder stores an unchanged copy again.
    execFileSync("/usr/bin/docker", ["-H", host, "build", "--network=host", "-t", image, folder], {
      env: { ...process.env, DOCKER_BUILDKIT: "0" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    docker("save", "-o", join(folder, "saved.tar"), image);
    truth = truthOf("saved.tar");
    podman("load", "-q", "-i", "saved.tar");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("by docker save has the layers that GNU tar sees, one of them twice", async () => {
    const { bytes } = await holds("saved.tar");
    expect(bytes.layers).toBe(truth.reduce((sum, it) => sum + it.bytes, 0));
    expect(new Set(truth.map((it) => it.diffId)).size).toBe(truth.length - 1);
    expect(bytes.visible).toBe(visibleTruth());
  });

  it.each(["docker-archive", "oci-archive", "oci-dir", "docker-dir"])(
    "by podman save --format %s",
    async (format) => {
      podman("save", "-q", "--format", format, "-o", format, image);
      await holds(format);
    },
  );

  it("by Skopeo in layouts and archives, plain, packed with gzip and with zstd", async () => {
    skopeo("oci:gzip:it");
    skopeo("oci:zstd:it", "--dest-compress-format", "zstd");
    skopeo("oci:plain:it", "--dest-oci-accept-uncompressed-layers");
    expect([...magics("gzip")]).toEqual(["1f8b0800"]);
    expect([...magics("zstd")]).toEqual(["28b52ffd"]);
    expect([...magics("plain")].some((it) => it === "1f8b0800" || it === "28b52ffd")).toBe(false);
    for (const it of ["gzip", "zstd", "plain"]) expect((await holds(it)).image.reference).toBe("it");
    skopeo("oci-archive:gzip.tar:it");
    skopeo("oci-archive:zstd.tar", "--dest-compress-format", "zstd");
    skopeo("oci-archive:plain.tar", "--dest-oci-accept-uncompressed-layers");
    skopeo("docker-archive:again.tar:some/name:2");
    skopeo("dir:blobs");
    for (const it of ["gzip.tar", "zstd.tar", "plain.tar", "again.tar", "blobs"]) await holds(it);
    run("gzip", "again.tar");
    await holds("again.tar.gz");
  });

  it("by podman's own socket", async () => {
    const socket = join(folder, "podman.sock");
    const service = spawn("podman", [...storage, "system", "service", "--time=0", `unix://${socket}`], {
      stdio: "ignore",
    });
    onTestFinished(() => void service.kill());
    while (!existsSync(socket)) await wait(50);
    const environment = { DOCKER_HOST: `unix://${socket}` };
    const { image: found } = await holds(image, environment);
    expect(found.id).toBe(docker("inspect", "-f", "{{.Id}}", image).trim());
    const { code, err } = await plimsoll(folder, ["analyze", "plimsoll-test-nothing:1"], environment);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(`unix://${socket}`) });
  });

  it("by Buildah for several platforms is read for the one that is wanted, and which one is told", async () => {
    for (const it of ["amd64", "arm64"]) {
      const name = `plimsoll-test-${it}:1`;
      writeFileSync(join(folder, "Scratch"), "FROM scratch\nCOPY data /data\n");
      buildah("bud", "-q", "--platform", `linux/${it}`, "-f", "Scratch", "-t", name, ".");
      if (it === "amd64") buildah("manifest", "create", "plimsoll-test-many:1");
      buildah("manifest", "add", "plimsoll-test-many:1", `containers-storage:localhost/${name}`);
    }
    for (const to of ["oci:many:it", "oci-archive:many.tar:it"])
      buildah("manifest", "push", "-q", "--all", "plimsoll-test-many:1", to);
    const copied = 75_000;
    for (const target of ["many", "many.tar"]) {
      const arm = await analyze(target, {}, "--platform", "linux/arm64");
      expect(arm.image.platform).toBe("linux/arm64");
      expect(arm.bytes.layers).toBe(copied);
      expect(arm.troubles).toEqual([
        {
          path: "index.json",
          why: "read for linux/arm64; there is also linux/amd64 (--platform chooses)",
        },
      ]);
      const { code, err } = await plimsoll(folder, ["analyze", target, "--platform", "linux/s390x"]);
      expect(code).toBe(2);
      expect(err).toMatch(
        /cannot be analyzed: it holds no image for linux\/s390x; there are linux\/amd64, linux\/arm64\.\n$/,
      );
    }
  });

  it.each(["classic", "containerd"] as const)(
    "by docker save of the newest Docker, %s store",
    async (store) => {
      const engine = await startNewerEngine(store);
      onTestFinished(() => engine.stop());
      run("/usr/bin/docker", "-H", engine.host, "load", "-i", "saved.tar");
      run("/usr/bin/docker", "-H", engine.host, "save", "-o", `${store}.tar`, image);
      expect(run("tar", "-tf", `${store}.tar`)).toMatch(/^index\.json$/m);
      await holds(`${store}.tar`);
      run("gzip", `${store}.tar`);
      await holds(`${store}.tar.gz`);
      await holds(image, { DOCKER_HOST: engine.host });
    },
  );

  it("has the base's layers apart where the layout holds the base that the annotations name", async () => {
    writeFileSync(join(folder, "Derived"), `FROM localhost/${image}\nCOPY data/twice /more\n`);
    // The base first: its digest is that of the manifest as it was pushed.
    podman("push", "-q", `localhost/${image}`, "oci:based:base");
    podman("rmi", "-f", `localhost/${image}`);
    const id = podman("pull", "-q", "oci:based:base").trim();
    podman("tag", id, `localhost/${image}`);
    buildah("bud", "-q", "--pull-never", "-f", "Derived", "-t", "plimsoll-test-derived:1", ".");
    buildah("push", "-q", "--format", "oci", "plimsoll-test-derived:1", "oci:based:derived");
    const index = JSON.parse(readFileSync(join(folder, "based", "index.json"), "utf8")) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    const ordered = index.manifests.sort((a) => (JSON.stringify(a.annotations).includes("derived") ? -1 : 1));
    writeFileSync(join(folder, "based", "index.json"), JSON.stringify({ ...index, manifests: ordered }));
    const { layers, bytes } = await analyze("based");
    expect(layers.map((it) => it.base)).toEqual([...truth.map(() => true), false]);
    expect(bytes.base).toBe(truth.reduce((sum, it) => sum + it.bytes, 0));
  });

  function truthOf(archive: string): typeof truth {
    const tree = join(folder, "tree");
    mkdirSync(tree);
    run("tar", "-C", tree, "-xf", archive);
    const [manifest] = JSON.parse(readFileSync(join(tree, "manifest.json"), "utf8")) as {
      Config: string;
      Layers: string[];
    }[];
    const config = JSON.parse(readFileSync(join(tree, manifest?.Config ?? ""), "utf8")) as {
      rootfs: { diff_ids: string[] };
    };
    return (manifest?.Layers ?? []).map((layer, index) => {
      const files = run("tar", "--numeric-owner", "-tvf", join(tree, layer))
        .split("\n")
        .filter((line) => line.startsWith("-") && !/\/?\.wh\./.test(line));
      const bytes = files.reduce((sum, line) => sum + Number(line.split(/\s+/)[2] ?? 0), 0);
      return { diffId: config.rootfs.diff_ids[index] ?? "", bytes, files: files.length };
    });
  }

  /** What a container sees, by du. */
  function visibleTruth(): number {
    const container = docker("create", image).trim();
    const tree = join(folder, "container");
    mkdirSync(tree);
    run("sh", "-c", `/usr/bin/docker -H ${host} export ${container} | tar -C ${tree} -x`);
    docker("rm", container);
    // What Docker itself puts into every container.
    run(
      "sh",
      "-c",
      `cd ${tree} && rm -rf dev proc sys .dockerenv etc/hosts etc/hostname etc/resolv.conf etc/mtab`,
    );
    return Number(
      run(
        "sh",
        "-c",
        `find ${tree} -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { print sum }'`,
      ),
    );
  }
});
