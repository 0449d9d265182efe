import { expect, it } from "vitest";
import { listingOf } from "../../../core/context/listed-context.ts";
import { manifestPaths } from "../../../core/context/manifests.ts";
import { bytes } from "../../../core/size/bytes.ts";

it("takes the shallow manifests, not other people's, empty or huge ones", () => {
  const root = listingOf({
    "package.json": bytes(10),
    "a/Cargo.toml": bytes(10),
    "a/node_modules/x/package.json": bytes(10),
    "b/package.json": bytes(0),
    "c/package.json": bytes(5_000_000),
    "1/2/3/4/5/package.json": bytes(10),
  });
  expect(manifestPaths(root)).toEqual(["package.json", "a/Cargo.toml"]);
});

it("takes lists of requirements and renamed projects after them", () => {
  const root = listingOf({
    "api/requirements.txt": bytes(10),
    "dev-requirements.txt": bytes(10),
    "pyproject.api.toml": bytes(10),
    "requirements.md": bytes(10),
    "web/package.json": bytes(10),
  });
  expect(manifestPaths(root)).toEqual([
    "web/package.json",
    "dev-requirements.txt",
    "pyproject.api.toml",
    "api/requirements.txt",
  ]);
});
