import { bakePlans } from "./bake.ts";
import type { BuildPlan, TellTrouble } from "./build-plan.ts";
import { ComposePlans } from "./compose.ts";
import { FolderNames } from "./folder-names.ts";

/** What the compose and bake files of one folder build; each file is read once, when it is first asked. */
export class FolderPlans {
  readonly #names: FolderNames;
  readonly #compose: ComposePlans;
  #baked: Promise<readonly BuildPlan[]> | undefined;

  readonly #tell: TellTrouble;

  private constructor(names: FolderNames, tell: TellTrouble) {
    this.#names = names;
    this.#tell = tell;
    this.#compose = new ComposePlans(names, tell);
  }

  static async of(folder: string, tell: TellTrouble = () => {}): Promise<FolderPlans> {
    return new FolderPlans(await FolderNames.of(folder), tell);
  }

  async for(dockerfile: string): Promise<readonly BuildPlan[]> {
    this.#baked ??= bakePlans(this.#names, this.#tell);
    const baked = await this.#baked;
    return [...(await this.#compose.of(dockerfile)), ...baked.filter((it) => it.dockerfile === dockerfile)];
  }
}
