/** Where instructions of a stage start before any WORKDIR: what known base images say in their configuration. */

/** Images that set no WORKDIR, or "/". */
const atRoot =
  /^(?:(?:docker\.io|public\.ecr\.aws|mirror\.gcr\.io)\/(?:docker\/)?(?:library\/)?)?(?:alpine|almalinux|amazonlinux|busybox|buildpack-deps|centos|debian|fedora|node|oraclelinux|python|rockylinux|ubuntu)(?:[:@].*)?$|^(?:docker\.io\/)?nvidia\/cuda(?:[:@].*)?$/;

/** Undefined: the image may say anything. */
export const workdirOfBase = (image: string | undefined): string | undefined =>
  image !== undefined && (image === "scratch" || atRoot.test(image)) ? "/" : undefined;
