/** Which scripts of a build context are read: those that may say what a container starts. */
import type { ListedDirectory } from "./build-context.ts";

const script = /\.(?:sh|bash)$|^(?:docker-)?entry-?point$|^(?:docker-)?(?:start|run|boot|launch)[\w-]*$/;
/** Where s6-overlay looks for services and what runs before them: their files have no telling names. */
const services = /^(?:services\.d|cont-init\.d|s6-overlay|s6-rc\.d)$/;
const foreign = new Set(["node_modules", "target", "vendor", ".git", "site-packages"]);
const deepest = 5;
const deepestService = 10;
const most = 120;
const largest = 64_000;

/** Their paths, the shallowest first. */
export function scriptPaths(root: ListedDirectory): readonly string[] {
  const res: string[] = [];
  let level: (readonly [path: string, directory: ListedDirectory, service: boolean])[] = [["", root, false]];
  for (let depth = 0; depth < deepestService && level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const [path, { files, directories }, service] of level) {
      for (const [name, size] of files) {
        if ((!service && !script.test(name)) || size === 0 || size > largest) continue;
        res.push(path + name);
        if (res.length === most) return res;
      }
      for (const [name, below] of directories) {
        const isService = service || services.test(name);
        // An image's own tree of folders (`rootfs/etc/services.d`) lies deep.
        const isNear = depth < deepest || /(?:^|\/)(?:etc|rootfs)\//.test(path);
        if (!foreign.has(name) && (isService || isNear)) next.push([`${path}${name}/`, below, isService]);
      }
    }
    level = next;
  }
  return res;
}
