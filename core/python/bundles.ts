/** Requirements that ask for everything a project offers, where a program uses some of it. */
import { bytes, noBytes } from "../size/bytes.ts";
import { estimated, type Size, unknownSize } from "../size/size.ts";
import type { Requirement } from "./project.ts";
import type { Scales } from "./weigh.ts";

/** Extras that mean all others: `unstructured[all-docs]`, `ray[all]`, `dask[complete]`. */
export const isEverything = (extra: string): boolean =>
  /^(?:all|full|complete|everything)(?:$|-)/.test(extra);

/** Whose extras of that kind are known to bring hundreds of megabytes, where no lock or index tells how much. */
const heavyExtras = new Set(["apache-airflow", "moto", "ray", "transformers", "unstructured"]);
/** What is smaller is no news. */
const notable = 5_000_000;

/** Packages that hold all services of a provider. */
export const providerBundles: Readonly<Record<string, string>> = {
  "google-api-python-client":
    "Nearly all of it describes APIs of Google that the program does not call. Where Google has a client of the one service (google-cloud-storage and its kin), that holds its own; else delete the others below googleapiclient/discovery_cache/documents in the same RUN.",
  awscli: "It is AWS's command line, with its own botocore. Programs call the services with boto3.",
};

/** Both sizes, and what goes at most when the extras are named one by one; undefined: too little to say. */
export function everythingOf(
  scales: Scales,
  requirement: Requirement,
): { readonly whole: Size; readonly plain: Size; readonly saving: Size } | undefined {
  const extras = requirement.extras.filter((it) => !isEverything(it));
  const without = scales.graph.reach([{ ...requirement, extras }]);
  const gone = [...scales.dominatedBy([requirement])].filter((it) => !without.has(it));
  const whole = scales.totalOf(scales.closureOf(requirement));
  const plain = scales.totalOf(without);
  const most = scales.totalOf(gone);
  const high = most.kind === "measured" ? most.bytes : most.kind === "estimated" ? most.high : undefined;
  if (high === undefined || high < notable) {
    return gone.length === 0 && heavyExtras.has(requirement.name)
      ? { whole, plain, saving: unknownSize("nothing at hand tells what the extra brings") }
      : undefined;
  }
  const basis = most.kind === "estimated" ? most.basis : "measured packages";
  return {
    whole,
    plain,
    saving: estimated(noBytes, bytes(high), `${basis}, less what the named extras bring`),
  };
}
