/** Packages that their indexes have as sources only for Linux: who installs them compiles. */

/** By their files on PyPI, in their newest versions as in their old ones. */
const distributions = new Set([
  ...["annoy", "bjoern", "dbus-python", "dlib", "face-recognition", "fasttext", "flash-attn", "gssapi"],
  ...["hnswlib", "kerberos", "lightfm", "llama-cpp-python", "mysql-python", "mysqlclient", "psycopg2"],
  ...["pyaudio", "pycairo", "pycrypto", "pycups", "pygobject", "pygraphviz", "pyicu", "pykerberos"],
  ...[
    "pysqlcipher3",
    "python-geohash",
    "python-ldap",
    "rpy2",
    "sasl",
    "scikit-surprise",
    "systemd-python",
    "uwsgi",
  ],
]);

/** Normalised name of a distribution. */
export const isSourceOnly = (name: string): boolean => distributions.has(name);

/** By their `binding.gyp`, without programs that are built beforehand. */
const nodePackages =
  /"(?:bignum|fibers|ffi-napi|heapdump|ibm_db|iconv|integer|libxmljs2?|mmmagic|node-expat|node-rdkafka|pg-native|posix|ref-napi|scrypt|unix-dgram|weak-napi)"\s*:/;

/** Text of a package.json. */
export const compilesOnInstall = (manifest: string): boolean => nodePackages.test(manifest);
