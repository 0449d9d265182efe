/**
 * What kind of thing a file is. Every visible file has exactly one category, the first of the list that fits: by its
 * folder, its name, or the package that owns it (docs/numbers.md).
 */
import type { FoundPackage } from "./cataloguers/cataloguer.ts";

interface Category {
  readonly id: string;
  /** The path of the folder with a slash at its end, without one at its start. */
  readonly folder?: RegExp;
  readonly name?: RegExp;
  readonly owner?: (it: FoundPackage) => boolean;
  /** The owner's word counts only in these folders. */
  readonly ownerIn?: RegExp;
}

const isSystem = ({ ecosystem }: FoundPackage): boolean =>
  ecosystem === "deb" || ecosystem === "apk" || ecosystem === "rpm";
const isNamed =
  (names: RegExp) =>
  (it: FoundPackage): boolean =>
    isSystem(it) && names.test(it.name);

const compilers =
  /^(?:gcc|g\+\+|cpp|c\+\+|clang|llvm|lld|gfortran|rustc|cargo|golang|binutils|make|cmake|ninja|ninja-build|meson|automake|autoconf|libtool|bison|flex|m4|pkg-config|pkgconf|build-base|build-essential|dpkg-dev|patch|swig|nasm|yasm|ccache|rpm-build)(?:-|$|\d)|^lib(?:gcc|stdc\+\+|[alt]san|ubsan|itm|quadmath|gomp|gfortran|asan)-?\d*-dev/;
const developers =
  /^(?:git|git-man|subversion|mercurial|vim|vim-.*|neovim|nano|emacs.*|gdb|strace|ltrace|valgrind|perf|linux-perf|tmux|screen|less|man-db|htop|procps-ng|lsof|tcpdump|netcat.*|nmap|telnet|wget|curl|httpie|jq|tree|zsh|fish|bash-completion|openssh-client|rsync|ipython|ctags|shellcheck|bat|ripgrep|fzf)$/;
/** Debian's and RPM's python3-pip are no part of what the program runs. */
const installers =
  /^(?:pip|setuptools|wheel|uv|poetry|poetry-core|pipenv|virtualenv|pdm|hatch|hatchling|cython|pybind11|maturin|scikit-build|scikit-build-core|build|twine)$/i;
const pythonTools =
  /^(?:pytest.*|mypy|mypy-extensions|ruff|black|isort|flake8.*|pylint|ipython|jupyter.*|notebook|coverage|tox|nox|pre-commit|pyright|debugpy|pdbpp|line-profiler|memory-profiler|sphinx.*|mkdocs.*|types-.*|.*-stubs)$/i;

const categories: readonly Category[] = [
  {
    id: "package-manager-caches",
    folder:
      /^(?:var\/lib\/apt\/lists|var\/cache\/(?:apt|apk|dnf|yum|libdnf5|zypp|debconf|ldconfig|man)|var\/lib\/dnf\/(?:repos|system-upgrade)|(?:root|home\/[^/]+)\/(?:\.cache|\.npm|\.yarn\/cache|\.pnpm-store|\.local\/share\/pnpm\/store|\.cargo\/(?:registry|git)|\.rustup\/(?:downloads|tmp)|\.m2\/repository|\.gradle\/caches|\.ivy2\/cache|\.composer\/cache|\.nuget\/packages|\.conan2?\/|\.gem\/.*\/cache|\.bundle\/cache|go\/pkg\/mod\/cache)|usr\/local\/share\/\.cache|usr\/local\/cargo\/(?:registry|git)|go\/pkg\/mod\/cache|etc\/apk\/cache|lib\/apk\/.*cache)\/|(?:^|\/)(?:\.uv-cache|\.pnpm-store|node_modules\/\.cache|\.yarn\/(?:cache|unplugged\/\.cache)|conda\/pkgs|(?:mini|ana)conda3?\/pkgs|(?:mini|mamba)forge3?\/pkgs)\/|\/gems\/(?:ruby\/)?[\d.]+\/cache\/|(?:^|\/)bundle\/cache\//,
    name: /^(?:pkgcache|srcpkgcache)\.bin$/,
  },
  { id: "version-control", folder: /(?:^|\/)\.(?:git|hg|svn|bzr|jj)\// },
  {
    id: "debug-symbols",
    folder: /^usr\/lib\/debug\/|\.dSYM\//,
    name: /\.(?:debug|dbg|pdb|dwo|dwp)$/,
    owner: isNamed(/-(?:dbg|dbgsym|debuginfo|debugsource)$/),
  },
  {
    id: "cuda",
    folder:
      /(?:^|\/)(?:(?:site|dist)-packages\/nvidia|cuda(?:-[\d.]+)?|nvidia_[^/]*|cudnn|tensorrt_libs|cupy_backends)\/|(?:^|\/)triton\/backends\/nvidia\//,
    name: /^lib(?:cu(?:da|dart|dnn|blas|blasLt|fft|fftw|rand|solver|solverMg|sparse|sparseLt|pti|file|file_rdma)|nccl|nv(?:rtc|JitLink|ToolsExt|infer|inferer|blas|jpeg|shmem)|npp[a-z]*|torch_cuda|c10_cuda|onnxruntime_providers_(?:cuda|tensorrt)|caffe2_nvrtc)[^/]*\.(?:so|a)(?:\.|$)/,
    owner: isNamed(/^(?:cuda-|libcu(?:blas|dnn|fft|rand|solver|sparse)|libnccl|libnv|nvidia-|tensorrt)/),
  },
  {
    id: "model-files",
    name: /\.(?:safetensors|gguf|ggml|onnx|onnx_data|pt|pth|ckpt|h5|hdf5|keras|tflite|mlmodel|caffemodel|joblib)$|^(?:pytorch_model|tf_model|model|flax_model).*\.(?:bin|msgpack)$/,
  },
  { id: "bytecode", folder: /(?:^|\/)__pycache__\//, name: /\.(?:py[co]|class|elc|beam)$/ },
  { id: "tests", folder: /(?:^|\/)(?:tests?|__tests__|testsuite|unittests?|spec|_?test_?data)\// },
  {
    id: "docs-and-locales",
    folder:
      /^usr\/(?:local\/)?share\/(?:doc|doc-base|man|info|locale|i18n|gtk-doc|help|lintian|bash-completion|zsh)\/|^usr\/lib\/locale\/|(?:^|\/)(?:site|dist)-packages\/.*(?:^|\/)(?:docs?|locales?)\/|(?:^|\/)node_modules\/.*\/(?:docs?|examples?)\/|(?:^|\/)(?:LC_MESSAGES|share\/(?:man|doc|locale|info))\/|\/gems\/[^/]+\/doc\/|(?:^|\/)doc\/[^/]+-[\d.]+\/(?:ri|rdoc)\//,
    name: /^(?:README|CHANGELOG|CHANGES|HISTORY|AUTHORS|CONTRIBUTING|NEWS)(?:\.(?:md|rst|txt))?$|\.(?:mo|po|pot)$/i,
  },
  {
    id: "headers-and-static-libraries",
    folder: /(?:^|\/)include\/|(?:^|\/)pkgconfig\/|(?:^|\/)lib\/cmake\//,
    name: /\.(?:a|h|hh|hpp|hxx|cuh|la|o|lib|pxd|pxi)$/,
  },
  {
    id: "build-tools",
    folder:
      /^usr\/(?:local\/)?(?:lib|libexec)\/gcc(?:-cross)?\/|^usr\/local\/(?:go|rustup|cargo)\/|(?:^|\/)\.rustup\/toolchains\/|^usr\/share\/(?:cmake|automake|autoconf|aclocal|perl5\/Dpkg|dpkg-dev)[^/]*\//,
    name: /^(?:[a-z0-9_]+-linux-(?:gnu|musl)[a-z]*-)?(?:gcc|g\+\+|cpp|c\+\+|cc|ld|ld\.(?:bfd|gold|lld)|as|ar|nm|ranlib|objdump|objcopy|readelf|strip|make|gmake|cmake|ninja|clang|clang\+\+|cc1|cc1plus|lto1|collect2|gfortran|rustc|cargo)(?:-[\d.]+)?$/,
    owner: (it) =>
      isNamed(compilers)(it) ||
      (it.ecosystem === "python" && installers.test(it.name)) ||
      isNamed(/^(?:python3?|py3)-(?:pip|setuptools|wheel)/)(it),
  },
  {
    id: "developer-tools",
    owner: (it) => isNamed(developers)(it) || (it.ecosystem === "python" && pythonTools.test(it.name)),
  },
  {
    id: "package-databases",
    folder:
      /^var\/lib\/(?:dpkg|rpm|dnf|apt|pacman|portage)\/|^(?:usr\/)?lib\/apk\/|^usr\/(?:lib|share)\/sysimage\/|(?:^|\/)conda-meta\//,
  },
  {
    id: "python-packages",
    folder: /(?:^|\/)(?:site|dist)-packages\//,
    owner: ({ ecosystem }) => ecosystem === "python",
    ownerIn: /(?:^|\/)(?:s?bin|share|etc)\//,
  },
  { id: "node-packages", folder: /(?:^|\/)node_modules\//, name: /-npm-.*\.zip$/ },
  { id: "ruby-gems", owner: ({ ecosystem }) => ecosystem === "gem" },
  { id: "conda-packages", owner: ({ ecosystem }) => ecosystem === "conda" },
  { id: "system", folder: /^(?:usr|bin|sbin|lib|lib32|lib64|libx32|etc|var|boot|run)\//, owner: isSystem },
];

export const applicationCategory = "application";
export const hiddenCategory = "hidden";
const caches = categories[0]?.id ?? "";

/** All that there are. */
export const categoryIds: readonly string[] = [
  ...new Set([...categories.map((it) => it.id), applicationCategory, hiddenCategory]),
];

/** Categories of one image's files; what a folder decides is worked out once. */
export class Categorizer {
  /** By folder: which categories' folders it fits, and in which their owners count, one bit each. */
  readonly #folders = new Map<number, number>();
  readonly #owners = new Map<FoundPackage, number>();

  /** `folder`: a number that stands for it; `path`: its path, asked for once. */
  of(folder: number, path: () => string, name: string, owner: FoundPackage | undefined): string {
    const fits = this.#inFolder(folder, path);
    const owned = owner === undefined ? 0 : this.#ofOwner(owner);
    const isTold = anyName.some((it) => it.test(name));
    let index = 0;
    for (const it of categories) {
      const bit = 1 << index;
      index += 1;
      if ((fits & bit) !== 0 || (isTold && it.name?.test(name) === true)) return it.id;
      if ((owned & bit) === 0) continue;
      if (it.ownerIn === undefined || it.ownerIn.test(path())) return it.id;
    }
    return applicationCategory;
  }

  #inFolder(folder: number, path: () => string): number {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const text = path();
    const res = bitsOf((it) => it.folder?.test(text) === true);
    this.#folders.set(folder, res);
    return res;
  }

  #ofOwner(owner: FoundPackage): number {
    const known = this.#owners.get(owner);
    if (known !== undefined) return known;
    const res = bitsOf((it) => it.owner?.(owner) === true);
    this.#owners.set(owner, res);
    return res;
  }
}

/** All names that decide: most files have another, and two questions tell that. */
const anyName = ["", "i"].map((flags) => {
  const patterns = categories.flatMap((it) => (it.name?.flags === flags ? [it.name.source] : []));
  return new RegExp(patterns.join("|"), flags);
});

const bitsOf = (fits: (it: Category) => boolean): number =>
  categories.reduce((bits, it, index) => (fits(it) ? bits | (1 << index) : bits), 0);

/** Of the categories of a file's several names: a cache that shares its files with what is installed frees nothing. */
export const strongerCategory = (a: string, b: string): string => (a === caches ? b : a);

/** For people: `docs-and-locales` is "Docs and locales". */
export const categoryName = (id: string): string =>
  id === "cuda" ? "CUDA" : id.replaceAll("-", " ").replace(/^./, (it) => it.toUpperCase());
