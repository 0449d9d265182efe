/** Where instructions of a stage start before any WORKDIR: what known base images say in their configuration. */

/** Images that set no WORKDIR, or "/". */
const atRoot =
  /^(?:(?:docker\.io|public\.ecr\.aws|mirror\.gcr\.io)\/(?:docker\/)?(?:library\/)?)?(?:alpine|almalinux|amazonlinux|busybox|buildpack-deps|centos|debian|eclipse-temurin|fedora|nginx|node|oraclelinux|python|rockylinux|ruby|rust|ubuntu)(?:[:@].*)?$|^(?:docker\.io\/)?(?:nvidia\/cuda|continuumio\/miniconda3)(?:[:@].*)?$/;

/** Its Dockerfile ends with `WORKDIR $GOPATH`. */
const golang = /^(?:docker\.io\/)?(?:library\/)?golang(?:[:@].*)?$/;

/** Undefined: the image may say anything. */
export function workdirOfBase(image: string | undefined): string | undefined {
  if (image === undefined) return undefined;
  if (golang.test(image)) return "/go";
  return image === "scratch" || atRoot.test(image) ? "/" : undefined;
}
