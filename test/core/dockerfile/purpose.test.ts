import { expect, it } from "vitest";
import {
  isDevelopmentDockerfile,
  isDevelopmentPlace,
  isToolchainPlace,
} from "../../../core/dockerfile/purpose.ts";

it.each([
  ["build-base/alpine/Dockerfile", true],
  ["images/build-mysql/Dockerfile", true],
  ["docker/builder/Dockerfile", true],
  ["docker\\toolchain\\Dockerfile", true],
  ["docker/Dockerfile.builder", true],
  ["Dockerfile.build-base", true],
  ["build/Dockerfile", false],
  ["rebuild-base/Dockerfile", false],
  ["builders-of-houses/Dockerfile", false],
  ["docker/Dockerfile.buildings", false],
  ["docker/Dockerfile", false],
])("others build in the image of %s: %s", (path, expected) => {
  expect(isToolchainPlace(path)).toBe(expected);
});

it.each([
  ["/p/.github/actions/one/Dockerfile", true],
  ["/p/.kokoro/docker/Dockerfile", true],
  ["/p/github/Dockerfile", false],
])("%s is a place of CI or development containers: %s", (path, expected) => {
  expect(isDevelopmentPlace(path)).toBe(expected);
});

it.each([
  ["/p/Dockerfile.test", true],
  ["/p/docker/dev.Dockerfile", true],
  ["C:\\p\\Dockerfile-ci", true],
  ["/p/Dockerfile", false],
  ["/p/Dockerfile.testimonials", false],
  ["/p/test/Dockerfile.api", false],
])("%s says by its name that it is for work on the project: %s", (path, expected) => {
  expect(isDevelopmentDockerfile(path)).toBe(expected);
});
