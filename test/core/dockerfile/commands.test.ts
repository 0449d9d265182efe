// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of shells and Dockerfiles
import { beforeAll, describe, expect, it } from "vitest";
import type { Facts, RunInstruction } from "../../../core/dockerfile/facts.ts";
import { wantsGpu } from "../../../core/dockerfile/gpu.ts";
import { usersOf } from "../../../core/dockerfile/mentions.ts";
import type { Judge } from "../../../core/judge.ts";
import { emptyWorld } from "../../../core/world.ts";
import { newJudge } from "../support/judge.ts";

let judge: Judge;
beforeAll(async () => {
  judge = await newJudge();
});

function factsOf(text: string, given?: Readonly<Record<string, string>>): Facts {
  const reading = judge.read("dockerfile", text);
  const world = given ? { ...emptyWorld, buildArguments: new Map(Object.entries(given)) } : emptyWorld;
  const facts = judge.factsOf(reading, world);
  if (facts === undefined) throw new Error("no facts");
  return facts;
}

const runsOf = (facts: Facts): readonly RunInstruction[] =>
  facts.instructions.flatMap((it) => (it.kind === "run" ? [it] : []));

/** `?` before a command that perhaps runs, `-` before one that does not; `_` for what cannot be decided. */
const commandsOf = (text: string, given?: Readonly<Record<string, string>>): readonly string[] =>
  runsOf(factsOf(text, given)).flatMap((run) =>
    run.opaque !== undefined
      ? [`opaque: ${run.opaque}`]
      : run.commands.map((it) => {
          const mark = it.runs === "always" ? "" : it.runs === "perhaps" ? "? " : "- ";
          return mark + it.words.map((word) => word.text ?? "_").join(" ");
        }),
  );

/** The source texts of all words, to prove that their places are exact. */
const wordTexts = (text: string): readonly string[] =>
  runsOf(factsOf(text)).flatMap((run) =>
    run.commands.map((it) => it.words.map(({ at }) => text.slice(at.start, at.end)).join(" ")),
  );

describe("the commands of a RUN", () => {
  it.each([
    ["sh -c with single quotes", "RUN sh -c 'apt-get update && rm -rf /x'", ["apt-get update", "rm -rf /x"]],
    ["bash with options", "RUN bash -euxo pipefail -c 'make; make install'", ["make", "make install"]],
    ["double quotes", 'ENV P=curl\nRUN bash -c "apt-get install $P"', ["apt-get install curl"]],
    ["sudo and env", "RUN sudo -E env A=1 sh -c 'make'", ["make"]],
    ["su", 'RUN su app -c "make all"', ["make all"]],
    ["a script file is no text", "RUN bash build.sh -c 'make'", ["bash build.sh -c make"]],
    ["what stands before a command still to come", "RUN make && make install &&", ["make", "make install"]],
    ["the same with blanks and another line", "RUN make || \\\n  true || \\\n", ["make", "? true"]],
    ["the same with a pipe", "RUN cd /a; cat b |", ["cd /a", "cat b"]],
    ["an operator that is a character", "RUN echo \\|", ["echo |"]],
    ["an operator inside what is not closed", "RUN (make &&", ["opaque: the shell script could not be read"]],
    ["an operator without a command before it", "RUN &&", ["opaque: the shell script could not be read"]],
    ["text made at run time", 'RUN sh -c "$(curl x)"', ["sh -c _"]],
    ["the exec form with a shell", 'RUN ["sh", "-c", "make && rm \\"a b\\""]', ["make", "rm a b"]],
    ["the exec form of a program", 'RUN ["make", "all"]', ["make all"]],
    ["text after eval is not known", 'ENV A=1\nRUN eval "$X"; echo $A', ["eval _", "echo _"]],
    ["a sourced script may set anything", "ENV A=1\nRUN . ./env; echo $A", [". ./env", "echo _"]],
    ["case that matches", "ENV A=x86\nRUN case $A in arm) a;; x*) b;; *) c;; esac", ["- a", "b", "- c"]],
    ["case by default", "ENV A=z\nRUN case $A in arm|x86) a;; *) c;; esac", ["- a", "c"]],
    ["case of what is unknown", "ARG TARGETARCH\nRUN case $TARGETARCH in a) a;; *) c;; esac", ["? a", "? c"]],
    ["case that falls through", "ENV A=a\nRUN case $A in a) a;& b) b;; esac", ["? a", "? b"]],
    [
      "cut values",
      "ENV V=3.12.1\nRUN pip${V%.*} ${V#3.} ${V##*.} ${V%%.*} ${V/./-} ${V//./-}",
      ["pip3.12 12.1 1 3 3-12.1 3-12-1"],
    ],
    ["[[ ]]", 'ARG A=1\nRUN if [[ "$A" == "1" ]]; then yes; else no; fi', ["[[ 1 == 1 ]]", "yes", "- no"]],
    ["a here-document is the script", "RUN <<EOF\nmake\nmake install\nEOF", ["make", "make install"]],
    ["of a shell that is named", "RUN bash -e <<EOF\nmake\nEOF", ["make"]],
    [
      "of another interpreter",
      "RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF",
      ["opaque: a here-document for another program"],
    ],
    ["of a shell by env", "RUN <<EOF\n#!/usr/bin/env -S bash -e\nmake\nEOF", ["make"]],
    ["as the input of a program", "RUN python3 <<EOF && rm -rf /x\nimport os\nEOF", ["python3", "rm -rf /x"]],
    ["two of them", "RUN cat <<A >/a && cat <<B >/b\na\nA\nb\nB", ["cat", "cat"]],
    ["a shell that is not POSIX", 'SHELL ["pwsh", "-c"]\nRUN ls', ["opaque: the shell is not a POSIX shell"]],
    ["conda's shell", 'SHELL ["conda", "run", "-n", "e", "/bin/bash", "-c"]\nRUN ls', ["ls"]],
  ])("%s", (_, text, wanted) => {
    expect(commandsOf(`FROM a\n${text}\n`)).toEqual(wanted);
    expect(commandsOf(`FROM a\r\n${text.replaceAll("\n", "\r\n")}\r\n`)).toEqual(wanted);
  });

  it.each([
    ["RUN sh -c 'rm -rf /x && ls'", ["rm -rf /x", "ls"]],
    ['RUN sh -c "a \\"b\\" c; \\\n  d"', ['a \\"b\\" c', "d"]],
    ['RUN [ "sh", "-c", "a \\"b\\" && c" ]', ['a \\"b\\"', "c"]],
    ["RUN true && \\\n # note\n sh -c 'a b' \\\n && c", ["true", "a b", "c"]],
    ["RUN <<EOF\ncd /x\n  rm y\nEOF", ["cd /x", "rm y"]],
  ])("has exact places in %j", (text, wanted) => {
    expect(wordTexts(`FROM a\n${text}`)).toEqual(wanted);
  });
});

describe("values", () => {
  it.each([
    ["${A:-x}", "x"],
    ["${TAG}", "12"],
    ["${TAG:+y}", "y"],
    ["${TAG:?missing}", "12"],
    ["${V%.*}", "1.2"],
    ["${V##*.}", "3"],
    ["${V//./_}", "1_2_3"],
    ["'$TAG'", "$TAG"],
    ["${TARGETARCH:-amd64}", undefined],
  ])("%s", (word, wanted) => {
    const facts = factsOf(`ARG TAG=12\nARG V=1.2.3\nFROM debian:${word}`);
    expect(facts.stages[0]?.from.words[0]?.text).toBe(wanted === undefined ? undefined : `debian:${wanted}`);
  });

  it("given from outside win over defaults", () => {
    const text = "ARG TAG=12\nFROM debian:$TAG\nARG DEV=0\nRUN if [ $DEV = 1 ]; then a; else b; fi";
    expect(commandsOf(text)).toEqual(["[ 0 = 1 ]", "- a", "b"]);
    expect(commandsOf(text, { DEV: "1" })).toEqual(["[ 1 = 1 ]", "a", "- b"]);
    expect(factsOf(text, { TAG: "13" }).stages[0]?.baseImage).toBe("debian:13");
  });
});

describe("stages", () => {
  it("know who mounts them", () => {
    const facts = factsOf(
      "FROM a AS deps\nRUN make\nFROM b AS build\nRUN --mount=from=deps,target=/d cp /d/x /x\nFROM c\nCOPY --from=build /x /",
    );
    const make = facts.instructions[1];
    if (make === undefined) throw new Error("no instruction");
    expect(usersOf(facts, make).map((it) => it.index)).toEqual([3]);
  });

  it.each([
    ["FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04", true],
    ["FROM pytorch/pytorch:2.4.0-cuda12.1-cudnn9-runtime", true],
    ["FROM tensorflow/tensorflow:2.16.1-gpu", true],
    ["FROM a\nENV NVIDIA_VISIBLE_DEVICES=all", true],
    ["FROM a\nENV NVIDIA_VISIBLE_DEVICES=void", false],
    ["FROM python:3.12-slim", false],
    ["FROM nvidia/cuda:12 AS unused\nFROM debian", false],
  ])("want a GPU: %j", (text, wanted) => {
    expect(wantsGpu(factsOf(text), emptyWorld)).toBe(wanted);
  });

  it.each([
    ["# syntax=docker/dockerfile:1-labs\nFROM a", false],
    ["# syntax=example.org/other\nFROM a", true],
    ["FROM mcr.microsoft.com/windows/servercore:ltsc2022", true],
  ])("are another language: %j", (text, wanted) => {
    expect(factsOf(text).foreign).toBe(wanted);
  });
});
