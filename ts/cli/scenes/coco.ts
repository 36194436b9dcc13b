// Annotations as COCO has them (Lin et al. 2014, arXiv 1405.0312).
import type { Scene } from '../../entries/train-inline.js';

/** Lengths of runs of pixels outside and inside in turn, down the columns, beginning with those outside. */
export interface Rle {
  readonly size: readonly [height: number, width: number];
  readonly counts: readonly number[];
}

/** A digit. */
export interface Annotation {
  /** From 1 on. */
  readonly id: number;
  readonly image_id: number;
  /** 1 more than the digit: the class that its pixels have in the mask. */
  readonly category_id: number;
  /** Left, top, width, height. */
  readonly bbox: readonly [number, number, number, number];
  /** Pixels that are seen of it. */
  readonly area: number;
  readonly iscrowd: 0;
  readonly segmentation: Rle;
}

/** A picture. */
export interface ImageRecord {
  /** From 1 on. */
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
  /** The digits of a postal code. */
  readonly code?: string | undefined;
}

export interface CocoFile {
  readonly info: { readonly description: string };
  readonly categories: readonly { readonly id: number; readonly name: string; readonly supercategory: string }[];
  readonly images: readonly ImageRecord[];
  readonly annotations: readonly Annotation[];
}

/** A file that grows by a scene at a time. */
export class CocoWriter {
  private readonly images: ImageRecord[] = [];
  private readonly annotations: Annotation[] = [];

  /** How many digits there are. */
  get digits(): number {
    return this.annotations.length;
  }

  add({ width, height, boxes, instances, code }: Scene, file: string): void {
    const image = { id: this.images.length + 1, file_name: file, width, height, ...(code !== undefined && { code }) };
    this.images.push(image);
    boxes.forEach(({ left, top, width: w, height: h, index }, i) => {
      const segmentation = rleOf(instances, i + 1, width, height);
      const area = segmentation.counts.reduce((sum, run, at) => sum + (at % 2) * run, 0);
      this.annotations.push({ id: this.annotations.length + 1, image_id: image.id, category_id: index + 1, bbox: [left, top, w, h], area, iscrowd: 0, segmentation });
    });
  }

  file(description: string): CocoFile {
    const categories = [...'0123456789'].map((name, i) => ({ id: i + 1, name, supercategory: 'digit' }));
    return { info: { description }, categories, images: this.images, annotations: this.annotations };
  }
}

/** The pixels that have a value. @param data - [height, width] */
export function rleOf(data: Uint8Array, value: number, width: number, height: number): Rle {
  const counts: number[] = [];
  let [inside, run] = [false, 0];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if ((data[y * width + x] === value) !== inside) {
        counts.push(run);
        [inside, run] = [!inside, 0];
      }
      run++;
    }
  }
  return { size: [height, width], counts: [...counts, run] };
}
