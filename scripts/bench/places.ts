import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");
/** Peers, and what the benchmarks make. */
export const benchFolder = join(root, ".cache", "bench");
mkdirSync(benchFolder, { recursive: true });

export const dist = (file: string): string => join(root, "dist", file);
export const samplePath = join(root, "examples", "truthgraph", "docker", "api.Dockerfile");
export const sampleText = (): string => readFileSync(samplePath, "utf8");
