/** Programs of Go and Rust that say what they are built of: the file is the main module's, its modules are edges. */
import type { Cataloguer, FoundPackage } from "./cataloguer.ts";

const packagesOf =
  (language: "go" | "rust"): Cataloguer["catalogue"] =>
  (_, image) => ({
    packages: image.probed.flatMap(({ path, facts: { program } }): FoundPackage[] =>
      program?.language !== language
        ? []
        : [
            {
              ecosystem: language,
              name: program.name,
              version: program.version,
              files: [path],
              dependsOn: program.modules,
              requested: null,
            },
          ],
    ),
    troubles: [],
  });

const nothing = (): boolean => false;

export const go: Cataloguer = {
  ecosystem: "go",
  kind: "program",
  endings: [],
  wants: nothing,
  catalogue: packagesOf("go"),
};

export const rust: Cataloguer = {
  ecosystem: "rust",
  kind: "program",
  endings: [],
  wants: nothing,
  catalogue: packagesOf("rust"),
};
