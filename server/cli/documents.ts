/** All that reads documents: a bundle of its own, which the analysis of an image alone does not load. */
export { check } from "./check.ts";
export { fix } from "./fix.ts";
export { openDockerfile } from "./open-dockerfile.ts";
export { weigh } from "./weigh.ts";
