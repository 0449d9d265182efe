/** The CUDA stack that torch brings on Linux, by what the graph reaches from it there and not elsewhere. */
import { type Bytes, bytes } from "../size/bytes.ts";
import { cudaStackSaving } from "../size/cuda-stack.ts";
import { estimated, type Size } from "../size/size.ts";
import { heldVersion } from "../tools/torch.ts";
import { DependencyGraph, type GraphNode } from "./graph.ts";
import type { Requirement } from "./project.ts";
import type { PythonFacts } from "./python-facts.ts";
import { targetFor } from "./surroundings.ts";
import { environmentOf } from "./target.ts";

/** torch for CPUs, installed: 2.13.0+cpu is 699 MB (data/README.md); other versions are near. */
const cpuTorch = [bytes(600_000_000), bytes(800_000_000)] as const;

export interface CudaStack {
  /** Requirements of what ships that bring torch, in source order. */
  readonly broughtBy: readonly Requirement[];
  readonly torch: GraphNode;
  /** Distributions that only Linux with a GPU needs. */
  readonly nodes: readonly GraphNode[];
  /** They are of the version that is installed; else a newer one's stand in, since nothing tells the needs of that one. */
  readonly exact: boolean;
  /** Those, and what torch's own build for GPUs has more than the one for CPUs. */
  readonly saving: Size;
}

export function cudaStackOf(python: PythonFacts): CudaStack | undefined {
  const { scales, shipped, whole, surroundings } = python;
  const installed = scales.requirementsOf(shipped);
  const broughtBy = installed.filter((it) => [...scales.closureOf(it)].some(({ name }) => name === "torch"));
  const [first] = broughtBy;
  if (first === undefined) return undefined;
  const torch = [...scales.closureOf(first)].find(({ name }) => name === "torch");
  if (torch === undefined || isForCpu(torch, python)) return undefined;
  const { lock, catalogue } = surroundings;
  const here = environmentOf(targetFor(whole, surroundings), []);
  const elsewhere = new DependencyGraph({
    lock,
    catalogue,
    environment: { ...here, variables: { ...here.variables, ...macOs } },
    // What lies on a Linux disk says nothing about elsewhere.
    installed: [],
    lockDecides: true,
  });
  const asked = [{ name: "torch", extras: [], specifier: "", marker: undefined }];
  const kept = new Set([...elsewhere.reach(asked)].map(({ name }) => name));
  const nodes = [...scales.graph.reach(asked)].filter(({ name }) => name !== "torch" && !kept.has(name));
  if (nodes.length === 0) return undefined;
  const held = heldBack(installed, torch);
  const saving = held === undefined ? savingOf(python, torch, nodes) : cudaStackSaving(held);
  return { broughtBy, torch, nodes, exact: held === undefined, saving };
}

/** Version that a requirement holds torch back to, where neither a lock nor an environment tells what that one needs. */
const heldBack = (installed: readonly Requirement[], torch: GraphNode): string | undefined =>
  torch.locked !== undefined || torch.installed !== undefined
    ? undefined
    : installed.flatMap((it) => (it.name === "torch" ? (heldVersion(it.specifier) ?? []) : []))[0];

const macOs = { sys_platform: "darwin", platform_system: "Darwin", os_name: "posix" };

/** The lock or the project takes it from an index of builds for CPUs, or for one kind of GPU, which is a choice. */
function isForCpu({ version, locked }: GraphNode, { project }: PythonFacts): boolean {
  if (/\+/.test(version ?? "") || /\/whl\//.test(locked?.address ?? "")) return true;
  return (
    project.origins.some(({ name }) => name === "torch") ||
    project.indexes.some(({ url, explicit }) => !explicit && /\/whl\//.test(url))
  );
}

function savingOf({ scales }: PythonFacts, torch: GraphNode, nodes: readonly GraphNode[]): Size {
  const stack = scales.totalOf(nodes);
  const own = scales.sizeOf(torch);
  if (stack.kind === "unknown" || own.kind === "unknown") return stack;
  const [low, high] = rangeOf(stack);
  const [ownLow, ownHigh] = rangeOf(own);
  const basis = stack.kind === "estimated" ? stack.basis : stack.from;
  return estimated(
    bytes(low + Math.max(0, ownLow - cpuTorch[1])),
    bytes(high + Math.max(0, ownHigh - cpuTorch[0])),
    `${basis}; with what torch's own build for GPUs has more than that for CPUs`,
  );
}

const rangeOf = (size: Exclude<Size, { kind: "unknown" }>): readonly [Bytes, Bytes] =>
  size.kind === "measured" ? [size.bytes, size.bytes] : [size.low, size.high ?? size.low];
