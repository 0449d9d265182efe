/** Images with everything that layers may hold, to be built or loaded by an engine. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { savedImage } from "../../core/support/saved-image.ts";

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

/** Archives of images, one a format of GNU tar, and one with headers that no engine writes. */
export async function oddArchives(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-odd-"));
  const tar = (...words: string[]): Buffer =>
    execFileSync("tar", ["-C", folder, "--sort=name", ...words, "-cf", "-", "tree"], { maxBuffer: 1 << 28 });
  try {
    writeOddContext(folder);
    // A build's context knows no names that are no text.
    writeFileSync(Buffer.from(join(folder, "tree", "no-text-\xff\xfe"), "latin1"), "bytes");
    execFileSync(
      "sh",
      ["-c", "ln one one.link; mkfifo pipe; mknod null c 1 3; setfattr -n user.a -v b two || true"],
      {
        cwd: join(folder, "tree"),
        stdio: "ignore",
      },
    );
    const res = new Map<string, Buffer>();
    const short = ["--exclude=a-name-*", "--exclude=*é*", "--exclude=pipe", "--exclude=null"];
    for (const [name, words] of [
      ["pax", ["--format=pax", "--pax-option=comment=for all", "--xattrs"]],
      ["gnu", ["--format=gnu", "--owner=+3000000000"]],
      ["ustar", ["--format=ustar", ...short]],
      ["v7", ["--format=v7", ...short]],
    ] as const) {
      res.set(name, await savedImage([tar(...words)]));
    }
    // The same layer twice, and a layer of nothing.
    const [one, none] = [tar("--format=pax"), Buffer.alloc(1_024)];
    res.set("twice", await savedImage([one, none, one]));
    return res;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
