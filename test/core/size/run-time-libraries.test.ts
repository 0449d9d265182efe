import { expect, it } from "vitest";
import { DebianPackageSizes } from "../../../core/size/debian-package-sizes.ts";
import { debianCatalogue } from "../../../scripts/catalogue.ts";

const sizes = new DebianPackageSizes(debianCatalogue());

const librariesOf = (headers: readonly string[], image: string): string | undefined =>
  sizes.runTimeLibraries({ headers, base: { image, manager: "apt" } })?.join(" ");

it.each([
  [["libpq-dev"], "libpq5"],
  // Through other headers, and without what one of them needs anyway.
  [["libxml2-dev", "libxslt1-dev"], "libxslt1.1"],
  [["default-libmysqlclient-dev"], "libmariadb3"],
  // The base image has it.
  [["libffi-dev"], ""],
  [["libunheard-of-dev"], undefined],
  // They need an interpreter, which is no library.
  [["python3-dev"], undefined],
])("%s on Debian 12: %s", (headers, expected) => {
  expect(librariesOf(headers, "debian:12-slim")).toBe(expected);
});

it.each(["debian:13-slim", "ubuntu:24.04", "python:3.12-slim", "alpine:3.22"])(
  "nobody knows them on %s",
  (image) => {
    expect(librariesOf(["libpq-dev"], image)).toBeUndefined();
  },
);
