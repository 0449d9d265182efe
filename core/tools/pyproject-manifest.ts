/** Whether a `pyproject.toml` has anything that its manager installs for development alone. */
import { tomlValues } from "../python/toml/parse.ts";
import { isTable, tableIn } from "../python/untyped.ts";
import type { PythonInstaller } from "./python-install.ts";

/** Undefined: it is no TOML. */
export function hasDevelopmentGroups(text: string, tool: PythonInstaller): boolean | undefined {
  const read = tomlValues(text);
  if (!read.ok || !isTable(read.value)) return undefined;
  const own = tableIn(read.value, "tool");
  const groups = Object.keys(tableIn(read.value, "dependency-groups"));
  switch (tool) {
    case "uv sync":
    case "uv run": {
      const uv = tableIn(own, "uv");
      return (
        groups.includes("dev") || "default-groups" in uv || "dev-dependencies" in uv || "workspace" in uv
      );
    }
    case "poetry":
      return groups.length > 0 || ["group", "dev-dependencies"].some((it) => it in tableIn(own, "poetry"));
    default:
      return groups.length > 0 || "dev-dependencies" in tableIn(own, "pdm");
  }
}
