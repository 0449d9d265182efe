/** What kind of thing a file is, by its path. Every file has exactly one category; the first that fits. */
const categories: readonly (readonly [id: string, fits: RegExp])[] = [
  [
    "package-manager-caches",
    /^(?:var\/lib\/apt\/lists|var\/cache\/(?:apt|apk|dnf|yum)|(?:root|home\/[^/]+)\/\.(?:cache|npm|cargo\/registry))\//,
  ],
  ["version-control", /(?:^|\/)\.(?:git|hg|svn)\//],
  ["cuda", /(?:^|\/)(?:nvidia|cuda[^/]*)\/|libcu(?:da|dnn|blas)[^/]*\.so|libtorch_cuda/],
  ["model-files", /\.(?:safetensors|gguf|onnx|pt|pth|ckpt|h5|tflite)$/],
  ["bytecode", /(?:\.py[co]|\.class)$/],
  ["tests", /(?:^|\/)(?:tests?|__tests__|testing)\//],
  ["docs-and-locales", /^usr\/share\/(?:doc|man|info|locale|i18n)\//],
  ["headers-and-static-libraries", /(?:^|\/)include\/|\.(?:a|h|hpp|la)$/],
  [
    "build-tools",
    /^usr\/(?:lib|libexec)\/gcc\/|(?:^|\/)bin\/(?:gcc|g\+\+|cc|c\+\+|cpp|ld|as|make|cmake|clang)[^/]*$/,
  ],
  ["python-packages", /(?:^|\/)(?:site|dist)-packages\//],
  ["node-packages", /(?:^|\/)node_modules\//],
  ["system", /^(?:usr|bin|sbin|lib|lib64|etc|var)\//],
];

export const categoryOf = (path: string): string =>
  categories.find(([, fits]) => fits.test(path))?.[0] ?? "application";
