/** Images that hold a toolchain, and the smaller ones in which its results run. */
import type { Compile } from "../tools/compile.ts";

export interface Runtime {
  readonly language: Compile["language"];
  /** Image that runs what the toolchain makes; undefined where that depends on more than the name says. */
  readonly image: string | undefined;
  /** Images of the catalogue that stand in where these very ones are not in it: toolchain and runtime. */
  readonly kin: readonly [toolchain: string, runtime: string] | undefined;
  /** The toolchain's image has certificates that programs want and the runtime's has not. */
  readonly lacksCertificates: boolean;
}

/** What could run the results of a toolchain image; undefined: it holds none that is known. */
export function runtimeOf(image: string): Runtime | undefined {
  const [, name = "", tag = "latest"] =
    /^(?:docker\.io\/)?(?:library\/)?([\w./-]+?)(?::([\w.-]+))?(?:@.*)?$/.exec(image) ?? [];
  switch (name) {
    case "golang":
      return native("go", tag, "golang:bookworm", "golang:alpine");
    case "rust":
      return native("rust", tag, /slim/.test(tag) ? "rust:slim" : "rust:latest", undefined);
    case "gcc":
      return { ...native("c", tag, "gcc:latest", undefined), image: undefined };
    case "maven":
      return java(tag, "maven:3.9-eclipse-temurin-21");
    case "gradle":
      return java(tag, "gradle:jdk21");
    case "eclipse-temurin":
    case "openjdk":
    case "amazoncorretto":
      return /jre/.test(tag) ? undefined : java(tag, undefined);
    case "mcr.microsoft.com/dotnet/sdk":
      return {
        language: "dotnet",
        image: `mcr.microsoft.com/dotnet/aspnet:${tag}`,
        kin: undefined,
        lacksCertificates: false,
      };
    default:
      return undefined;
  }
}

/** Programs that need the C library at most, of the toolchain's release or a later one. */
function native(
  language: Compile["language"],
  tag: string,
  debian: string,
  alpine: string | undefined,
): Runtime {
  const version = /alpine([\d.]*)/.exec(tag)?.[1];
  if (version !== undefined)
    return {
      language,
      image: `alpine:${version === "" ? "3" : version}`,
      kin: alpine === undefined ? undefined : [alpine, "alpine:3.24"],
      lacksCertificates: false,
    };
  const release = /(?:^|-)(bullseye|bookworm|trixie)(?:-|$)/.exec(tag)?.[1];
  return {
    language,
    image: `debian:${release ?? "stable"}-slim`,
    kin: [debian, "debian:bookworm-slim"],
    lacksCertificates: true,
  };
}

function java(tag: string, kin: string | undefined): Runtime {
  const named = /(?:temurin|corretto|openjdk|jdk)-?(\d+)/.exec(tag)?.[1];
  // A bare number is the version of what the image is named after.
  const number = named ?? (kin === undefined ? /^(\d+)(?:[.-]|$)/.exec(tag)?.[1] : undefined);
  const alpine = /alpine/.test(tag) ? "-alpine" : "";
  return {
    language: "java",
    image: number === undefined ? undefined : `eclipse-temurin:${number}-jre${alpine}`,
    kin: kin === undefined ? undefined : [kin, "eclipse-temurin:21-jre"],
    lacksCertificates: false,
  };
}
