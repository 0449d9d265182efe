/** Which distribution packages serve building only, by the distributions' habits of naming. */

const tools =
  /^(?:gcc|g\+\+|gfortran|clang|llvm|lld|cpp|gcc-multilib|g\+\+-multilib|make|cmake|ninja-build|meson|build-essential|dpkg-dev|debhelper|autoconf|automake|autotools-dev|libtool|pkg-config|pkgconf|bison|flex|nasm|yasm|swig|binutils|ccache|scons|rustc|cargo|golang|golang-go|build-base|alpine-sdk|samurai|gcc-c\+\+|redhat-rpm-config|rpm-build|@(?:c-)?development(?:-tools|-libs)?|patterns-devel-.*)(?:-\d[\d.]*)?$/;

/** Headers and static libraries; the library itself is another package. */
const headers = /-dev(?:el)?$|^linux-headers(?:-|$)|^(?:kernel|glibc)-headers$/;

/** Headers of the C library and of the kernel, which no program needs at run time. */
const headersAlone =
  /^(?:libc6-dev|libc-dev|linux-libc-dev|linux-headers(?:-.*)?|libstdc\+\+-\d+-dev|libgcc-\d+-dev|musl-dev|glibc-devel|(?:kernel|glibc)-headers|kernel-devel)$/;

export const isBuildPackage = (name: string): boolean => tools.test(name) || headers.test(name);

/** What compiling C or C++ at run time needs, Python's headers with it. */
export const servesRunTimeCompiling = (name: string): boolean =>
  /^(?:gcc|g\+\+|gcc-c\+\+|clang|build-essential|build-base|binutils|libc6-dev|musl-dev|glibc-devel|python[\d.]*-dev(?:el)?|cuda-.*)(?:-\d[\d.]*)?$/.test(
    name,
  );

/** Whether its removal may take a shared library along that a program needs: `libpq-dev` brings `libpq5`. */
export const bringsLibrary = (name: string): boolean => headers.test(name) && !headersAlone.test(name);

const broughtAlong: Readonly<Record<string, readonly string[]>> = {
  "build-base": ["gcc", "g++", "make", "binutils", "libc-dev", "musl-dev"],
  "alpine-sdk": ["build-base", "gcc", "g++", "make", "binutils", "libc-dev", "musl-dev"],
  "gcc-c++": ["gcc", "cpp", "binutils", "glibc-devel"],
  "build-essential": ["gcc", "g++", "make", "dpkg-dev", "libc6-dev", "libc-dev", "cpp", "binutils"],
  "g++": ["gcc", "cpp", "binutils", "libc6-dev", "libc-dev"],
  gcc: ["cpp", "binutils", "libc6-dev", "libc-dev"],
};

/** Whether a package depends on another by the distributions' own metapackages: `build-essential` on `g++`. */
export const includes = (name: string, other: string): boolean =>
  name === other || (broughtAlong[name]?.includes(other) ?? false);
