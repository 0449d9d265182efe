import { plainCommand } from "../../core/link/plain-command.ts";
import type { SketchNode } from "../../core/treemap/layer-sketch.ts";
import type { Picture } from "../../protocol/requests.ts";
import type { TreeNode } from "../../protocol/tree.ts";
import type { FirstPicture, MeasuredLayer } from "../engine/image/messages.ts";

/** A picture is drawn by a page each time. */
const pause = 250;

/** The picture while an image is read: layers as they were stated, one after another replaced by what they hold. */
export class GrowingPicture {
  readonly #show: (picture: Picture) => void;
  #first: FirstPicture | undefined;
  readonly #measured = new Map<number, MeasuredLayer>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(show: (picture: Picture) => void) {
    this.#show = show;
  }

  first(picture: FirstPicture): void {
    this.#first = picture;
    this.#show(this.#picture(picture));
  }

  layer(it: MeasuredLayer): void {
    const picture = this.#first;
    if (picture === undefined) return;
    this.#measured.set(it.index, it);
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#show(this.#picture(picture));
    }, pause);
  }

  /** Nothing is shown from now on. */
  end(): void {
    clearTimeout(this.#waiting);
    this.#first = undefined;
  }

  #picture({ image, layers, sizesFrom }: FirstPicture): Picture {
    let next = layers.length + 1;
    const nodeOf = ({ kind, name, path, bytes, files, children }: SketchNode): TreeNode => ({
      id: next++,
      kind,
      name,
      bytes,
      files,
      wasted: 0,
      ...(kind === "rest" ? {} : { path: `/${path}` }),
      children: children.map(nodeOf),
    });
    const children = layers.map(({ createdBy, bytes }, index): TreeNode => {
      const measured = this.#measured.get(index);
      return {
        id: index + 1,
        kind: "layer",
        name: plainCommand(createdBy) || `layer ${index}`,
        bytes: measured?.bytes ?? bytes,
        files: measured?.files ?? 0,
        wasted: 0,
        layer: { index, base: null, createdBy },
        ...(measured === undefined ? { stated: true } : {}),
        children: measured?.children.map(nodeOf) ?? [],
      };
    });
    const count = this.#measured.size;
    return {
      root: {
        id: 0,
        kind: "image",
        name: image.reference,
        bytes: children.reduce((sum, it) => sum + it.bytes, 0),
        files: children.reduce((sum, it) => sum + it.files, 0),
        wasted: 0,
        children,
      },
      facts: {
        ...image,
        layers: children.map(({ name, bytes }) => ({ command: name, bytes, base: null, linked: false })),
        sizesFrom:
          count === 0 ? sizesFrom : `${count} of ${layers.length} layers measured, the others ${sizesFrom}`,
        visible: null,
        deleted: null,
        overwritten: null,
        metadataOnly: null,
        duplicated: null,
        strippable: null,
        base: null,
        troubles: [],
      },
    };
  }
}
