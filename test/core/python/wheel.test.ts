import { describe, expect, it } from "vitest";
import { targetLabel, targetOfImage } from "../../../core/python/target.ts";
import { bestWheel } from "../../../core/python/wheel.ts";

const best = (image: string, ...names: string[]) =>
  bestWheel(
    names.map((name) => ({ name })),
    targetOfImage(image, undefined, /arm64/.test(image) ? "aarch64" : "x86_64"),
  )?.name;

const any = "a-1-py3-none-any.whl";
const cp312 = "a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const newer = "a-1-cp312-cp312-manylinux_2_28_x86_64.whl";
const future = "a-1-cp312-cp312-manylinux_2_99_x86_64.whl";
const stable = "a-1-cp39-abi3-manylinux_2_17_x86_64.whl";
const musl = "a-1-cp312-cp312-musllinux_1_2_x86_64.whl";
const windows = "a-1-cp312-cp312-win_amd64.whl";

describe("the wheel that an installer picks", () => {
  it("prefers the interpreter's own, newest C library first, and what runs anywhere last", () => {
    expect(best("python:3.12-slim", any, windows, stable, cp312, newer, future, musl)).toBe(newer);
    expect(best("python:3.12-slim", any, stable, cp312)).toBe(cp312);
    expect(best("python:3.13-slim", any, stable, cp312)).toBe(stable);
    expect(best("python:3.8-slim", any, stable, cp312)).toBe(any);
    expect(best("python:3.12-alpine", any, stable, cp312, musl)).toBe(musl);
    expect(best("python:3.12-alpine", stable, cp312)).toBeUndefined();
    expect(best("python:3.12-slim-buster", newer, cp312)).toBe(newer);
    expect(best("ubuntu:20.04", "a-1-py38-none-any.whl", any)).toBe("a-1-py38-none-any.whl");
    expect(best("python:3.12-slim", "not-a-wheel.tar.gz")).toBeUndefined();
    expect(best("python:3.12-slim", "a-1-cp312-cp312t-manylinux_2_28_x86_64.whl", any)).toBe(any);
  });
});

it.each([
  ["python:3.12-slim", "CPython 3.12 on linux x86_64 (glibc 2.41)"],
  ["python:3.11.9-slim-bookworm", "CPython 3.11 on linux x86_64 (glibc 2.36)"],
  ["docker.io/library/python:3.13-alpine3.20", "CPython 3.13 on linux x86_64 (musl 1.2)"],
  ["ghcr.io/x/uv:python3.12-bookworm-slim", "CPython 3.12 on linux x86_64 (glibc 2.36)"],
  ["ubuntu:22.04", "CPython 3.10 on linux x86_64 (glibc 2.35)"],
  ["python", "CPython 3.14 on linux x86_64 (glibc 2.41)"],
  ["nvidia/cuda:12.4.1-runtime-ubuntu22.04", "CPython 3.10 on linux x86_64 (glibc 2.35)"],
])("%s is %s", (image, label) => expect(targetLabel(targetOfImage(image, undefined))).toBe(label));

it("without an image, what the project asks for", () => {
  expect(targetOfImage(undefined, ">=3.9").python).toBe("3.12");
  expect(targetOfImage(undefined, ">=3.13").python).toBe("3.13");
  expect(targetOfImage(undefined, "<3.11").python).toBe("3.10");
});
