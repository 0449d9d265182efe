import type { Topic } from "./arguments.ts";

const overview = `plimsoll: what every line of a Dockerfile weighs in the image, and the edit that removes the waste

  plimsoll check [PATH…]      findings with their sizes
  plimsoll fix [PATH…]        apply the fixes
  plimsoll analyze IMAGE      the layers of a built image
  plimsoll weigh [PATH]       what each requirement of a Python project weighs

  plimsoll COMMAND --help     the options of a command
  plimsoll --version

Exit codes: 0 fine, 1 a threshold is broken, 2 wrong usage or trouble with a file or an engine.
`;

const texts: Readonly<Record<Topic, string>> = {
  check: `plimsoll check [PATH…] [--image REF | --archive FILE] [--package-index I] [--format FORMAT] [--fail-on SEVERITY]
               [--warn-from SIZE] [--report-from SIZE]

Looks at Dockerfiles, pyproject.toml, requirements*.txt and ignore files. A folder is searched; no PATH means the
working directory.

  --image REF             measure in this image of the Docker engine what its Dockerfile's lines weigh
  --archive FILE          the same in an archive of docker save, or an OCI layout
  --package-index I       ask package indexes for sizes of requirements: see weigh
  --format FORMAT         text (default), json, sarif (2.1.0) or markdown
  --fail-on SEVERITY      exit 1 when a finding is at least error, warning, information or hint
  --warn-from SIZE        a certain saving of this size is a warning (1MB)
  --report-from SIZE      leave out savings that are certainly smaller (0B)
`,
  fix: `plimsoll fix [PATH…] [--review] [--dry-run] [--report-from SIZE]

Applies the first fix of each finding: the safe ones, after which the image holds the same files at run time.

  --review                apply the fixes too that a person should read
  --dry-run               change nothing, show what would change; exit 1 when something would
  --report-from SIZE      leave alone what certainly saves less
`,
  analyze: `plimsoll analyze REF|ARCHIVE|LAYOUT [--registry [--plain-http]] [--platform P] [--dockerfile F [--context DIR]]
                 [--format text|json]

Reads an image of the Docker engine, an archive of docker save, an OCI archive or layout, or a folder of Skopeo's
dir:. An argument that names an existing path is an archive or a layout, else a reference. DOCKER_HOST or the docker
context chooses the engine.

  --registry              read REF from its registry, as docker login knows it; nothing is pulled (also: docker://REF)
  --platform P            os/architecture[/variant], of an archive, a layout or a registry that holds several
  --plain-http            with --registry: allow it without TLS
  --dockerfile F          name the line of F that made each layer
  --context DIR           the build context of F, where it is not found by itself
  --format text|json      text (default) or JSON
`,
  weigh: `plimsoll weigh [PATH] [--extra X…] [--group G…] [--package-index I] [--format text|json]

Weighs a pyproject.toml or requirements*.txt; a folder means the one inside it, no PATH the working directory.
Sizes are those of installed packages, for the interpreter and platform of the project's Dockerfile.

  --extra X               count this extra too; may be repeated
  --group G               count this dependency group too; may be repeated
  --package-index I       ask package indexes for what nothing else tells: the address of one, or the word
                          configured for those of uv's, pip's, Poetry's or PDM's own configuration
  --format text|json      text (default) or JSON
`,
};

export const helpText = (topic: Topic | undefined): string => (topic === undefined ? overview : texts[topic]);
