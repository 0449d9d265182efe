import { debian, python } from "../support/bases.ts";
import type { Proof } from "../support/prove.ts";

const install = "apt-get update && apt-get install -y --no-install-recommends";
const cleanUp = "rm -rf /var/lib/apt/lists/*";

export const proofs: readonly Proof[] = [
  {
    rule: "build-tools-shipped",
    title: "make beside a package that stays",
    dockerfile: `FROM ${debian}
RUN ${install} make zip && ${cleanUp}
CMD ["zip", "--version"]
`,
  },
  {
    rule: "build-tools-shipped",
    title: "two stages with a virtual environment between them",
    dockerfile: `FROM ${python}
RUN ${install} binutils zip && ${cleanUp}
WORKDIR /app
RUN pip install --no-cache-dir six
RUN zip --version
CMD ["python", "-c", "import six"]
`,
  },
  {
    rule: "build-tools-shipped",
    title: "headers go, their library stays",
    dockerfile: `FROM ${python}
RUN ${install} binutils libyaml-dev && ${cleanUp}
WORKDIR /app
RUN pip install --no-cache-dir six
RUN echo done > /app/done
CMD ["python", "-c", "import six, ctypes; ctypes.CDLL('libyaml-0.so.2')"]
`,
  },
  {
    rule: "recommended-packages-installed",
    title: "unzip, which zip recommends",
    dockerfile: `FROM ${debian}
RUN apt-get update && apt-get install -y zip && ${cleanUp}
CMD ["zip", "--version"]
`,
  },
  {
    rule: "docs-and-locales-kept",
    title: "translations and manual pages of procps",
    fix: "Tell dpkg",
    dockerfile: `FROM ${debian}
RUN ${install} procps && ${cleanUp}
CMD ["ps", "--version"]
`,
  },
  {
    rule: "upgrade-in-layer",
    title: "a package that is out of date",
    sizeUnknown: true,
    // An older version by the books of dpkg stands in for an older base image; what else is old keeps still.
    dockerfile: `FROM ${debian}
RUN ${install} zip && ${cleanUp} \\
    && sed -i '/^Package: zip$/,/^$/s/^Version: .*/Version: 1/' /var/lib/dpkg/status \\
    && dpkg-query -W -f '\${Package}\\n' | grep -vx zip | xargs apt-mark hold
RUN apt-get update && apt-get -y upgrade && ${cleanUp}
CMD ["zip", "--version"]
`,
  },
];
