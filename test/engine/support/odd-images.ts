/** Images with everything that layers may hold, to be built or loaded by an engine. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  blobOf,
  configOf,
  digestOf,
  entriesOf,
  rawTarOf,
  savedImage,
  tarOf,
} from "../../core/support/saved-image.ts";

/** Hard links, whiteouts, opaque directories, moved and changed files, a file made a directory, equal contents. */
export const oddDockerfile = `FROM plimsoll-test-base:1
COPY tree /tree
RUN ln /tree/one /tree/one.link && cp /tree/two /tree/two.copy && ln -s /etc /tree/outside && cp -a /bin/busybox /bin/other
RUN rm /tree/one && mv /tree/deep/down /tree/deeper && chmod 600 /tree/two && cp /bin/busybox /tree/busybox
RUN rm -r /tree/deep && mkdir /tree/deep && head -c 5000 /dev/zero > /tree/deep/new
RUN rm /tree/two.copy && mkdir /tree/two.copy && head -c 70000 /dev/zero > /tree/two.copy/inside
RUN rm -r /tree/two.copy && head -c 70000 /dev/zero > /tree/two.copy
RUN head -c 70000 /dev/zero > /zeros && ln /zeros /zeros.link && head -c 69999 /dev/zero > /almost && head -c 1 /bin/busybox >> /almost
RUN mkdir /made && head -c 9000 /dev/zero > /made/gone && rm -r /made
CMD ["true"]
`;

export function writeOddContext(folder: string): void {
  const long = "a-name-that-is-long-enough-to-need-a-record-of-its-own-when-it-is-repeated-below-itself";
  const info = "tree/usr/lib/python3/dist-packages/thing-1.2.dist-info";
  const files: readonly (readonly [string, string | Buffer])[] = [
    ["tree/one", "one\n"],
    ["tree/two", "two".repeat(3_000)],
    ["tree/empty", ""],
    ["tree/deep/down/file", "x".repeat(5_000)],
    ["tree/deep/down/same", "x".repeat(5_000)],
    ["tree/deep/other", "y".repeat(20_000)],
    [`tree/${[long, long, long].join("/")}`, "long"],
    ["tree/ünïcode/日本語", "text"],
    [`tree/${"é".repeat(70)}/${"ß".repeat(70)}`, "text"],
    [`${info}/METADATA`, "Metadata-Version: 2.1\nName: thing\nVersion: 1.2\n"],
    [`${info}/RECORD`, "thing/a.py,,\nthing-1.2.dist-info/METADATA,,\nthing-1.2.dist-info/RECORD,,\n"],
    ["tree/usr/lib/python3/dist-packages/thing/a.py", "a = 1\n"],
    ["tree/lib/copy.so", readFileSync(process.execPath).subarray(0, 100_000)],
    ["tree/lib/whole.so", readFileSync("/bin/busybox")],
  ];
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  chmodSync(join(folder, "tree/lib/whole.so"), 0o4755);
  symlinkSync("one", join(folder, "tree/link"));
}

/** An archive of an image with a layer in each format of GNU tar, one of them twice, and a layer of nothing. */
export async function oddArchive(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-odd-"));
  const tar = (...words: string[]): Buffer =>
    execFileSync("tar", ["-C", folder, "--sort=name", ...words, "-cf", "-", "tree"], { maxBuffer: 1 << 28 });
  try {
    writeOddContext(folder);
    // A build's context knows no names that are no text.
    writeFileSync(Buffer.from(join(folder, "tree", "no-text-\xff\xfe"), "latin1"), "bytes");
    execFileSync("sh", ["-ec", "ln one one.link; mkfifo pipe; mknod null c 1 3"], {
      cwd: join(folder, "tree"),
      stdio: "ignore",
    });
    const short = ["--exclude=a-name-*", "--exclude=*é*", "--exclude=pipe", "--exclude=null"];
    const gnu = tar("--format=gnu", "--owner=+3000000000");
    return await savedImage([
      tar("--format=pax", "--pax-option=comment=for all"),
      gnu,
      tar("--format=ustar", ...short),
      tar("--format=v7", ...short),
      Buffer.alloc(1_024),
      gnu,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An OCI archive of one image for two platforms, packed and plain, with an attestation. */
export async function platformsArchive(): Promise<Buffer> {
  const files = new Map<string, Buffer>();
  const put = (content: Buffer): { digest: string; size: number } => {
    files.set(blobOf(content), content);
    return { digest: `sha256:${digestOf(content)}`, size: content.length };
  };
  const json = (it: object): Buffer => Buffer.from(JSON.stringify(it));
  const types = "application/vnd.oci.image";
  const image = async (architecture: string, isPacked: boolean, content: string): Promise<object> => {
    const layers = [
      await tarOf(entriesOf(`a=${content} b=${content} c>a`)),
      await tarOf(entriesOf(`a=${content} -b`)),
    ];
    const manifest = json({
      schemaVersion: 2,
      mediaType: `${types}.manifest.v1+json`,
      config: { mediaType: `${types}.config.v1+json`, ...put(configOf(layers, architecture)) },
      layers: layers.map((it) => ({
        mediaType: `${types}.layer.v1.tar${isPacked ? "+gzip" : ""}`,
        ...put(isPacked ? gzipSync(it) : it),
      })),
    });
    return {
      mediaType: `${types}.manifest.v1+json`,
      ...put(manifest),
      platform: { os: "linux", architecture },
    };
  };
  const unknown = { os: "unknown", architecture: "unknown" };
  const statement = json({
    schemaVersion: 2,
    mediaType: `${types}.manifest.v1+json`,
    config: { mediaType: `${types}.config.v1+json`, ...put(json(unknown)) },
    layers: [{ mediaType: "application/vnd.in-toto+json", ...put(json({ _type: "a statement" })) }],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: `${types}.index.v1+json`,
    manifests: [
      await image("arm64", false, "arm"),
      await image("amd64", true, "amd".repeat(2_000)),
      { mediaType: `${types}.manifest.v1+json`, ...put(statement), platform: unknown },
    ],
  });
  const names = {
    "io.containerd.image.name": "docker.io/library/plimsoll-test-platforms:1",
    "org.opencontainers.image.ref.name": "1",
  };
  const top = { mediaType: `${types}.index.v1+json`, ...put(index), annotations: names };
  files.set("index.json", json({ schemaVersion: 2, manifests: [top] }));
  files.set("oci-layout", json({ imageLayoutVersion: "1.0.0" }));
  return rawTarOf(files);
}
