import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A base with a shell, made here: no registry is asked. `folder` is for its files. */
export function importBase(host: string, folder: string): void {
  const tree = join(folder, "base");
  rmSync(tree, { recursive: true, force: true });
  for (const it of ["bin", "tmp", "etc"]) mkdirSync(join(tree, it), { recursive: true });
  execFileSync("cp", ["/bin/busybox", join(tree, "bin", "busybox")]);
  for (const name of ["sh", "mkdir", "rm", "chmod", "head", "cp", "ln", "cat", "true", "mv", "tar"]) {
    execFileSync("ln", ["-sf", "busybox", join(tree, "bin", name)]);
  }
  writeFileSync(join(tree, "etc", "os-release"), "ID=test\n");
  const archive = join(folder, "base.tar");
  execFileSync("tar", ["-C", tree, "-cf", archive, "."]);
  execFileSync("docker", ["-H", host, "import", archive, "plimsoll-test-base:1"], { stdio: "ignore" });
}
