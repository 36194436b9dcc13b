import { placing } from '../../base/errors.js';
import { expectList, expectNumbers } from '../../base/given.js';
import { whole } from '../../ops/common.js';
import { anchorStride, boxesAround, checkAnchors } from '../../ops/anchor-boxes.js';
import type { AnchorSpec } from '../../ops/anchor-boxes.js';

export type { AnchorSpec };

/**
 * All anchors of a pyramid in the order of levels, lines, columns, ratios and sizes, as torchvision's `AnchorGenerator`: rows left, top,
 * right, bottom in pixels, [sum of H * W * A, 4] (Ren et al. 2015, arXiv 1506.01497).
 * @param image - size of the images in pixels
 * @param maps - size of each level's map
 * @throws ArgumentError for anchors, or a size of image or map, that have no meaning, or another number of maps than levels
 */
export function anchorBoxes(anchors: AnchorSpec, image: readonly [height: number, width: number], maps: readonly (readonly [height: number, width: number])[]): Float32Array {
  placing('anchorBoxes', () => checkAnchors(anchors));
  expectNumbers('anchorBoxes: image', 'height and width in pixels', image, 2);
  expectList('anchorBoxes: maps', 'height and width of each map', maps, anchors.sizes.length);
  for (const map of maps) {
    expectNumbers('anchorBoxes: maps', 'height and width of each map', map, 2);
    map.forEach((side) => whole('anchorBoxes: maps', side, 1));
  }
  const rows = maps.flatMap(([h, w], level) => {
    const around = boxesAround(anchors, level);
    const [strideY, strideX] = [anchorStride(image[0], h), anchorStride(image[1], w)];
    return Array.from({ length: h * w }, (_, place) => {
      const [x, y] = [(place % w) * strideX, Math.floor(place / w) * strideY];
      return around.flatMap(([left, top, right, bottom]) => [x + left, y + top, x + right, y + bottom]);
    });
  });
  return Float32Array.from(rows.flat());
}

/**
 * One size for each level, and the same ratios for all: Faster R-CNN's on a feature pyramid.
 * @param sizes - square roots of the areas, in pixels
 * @param ratios - height over width
 * @throws ArgumentError for what are no lists of numbers
 */
export function pyramidAnchors(sizes: readonly number[] = [32, 64, 128, 256, 512], ratios: readonly number[] = [0.5, 1, 2]): AnchorSpec {
  expectNumbers('pyramidAnchors', 'a size for each level', sizes);
  expectNumbers('pyramidAnchors', 'ratios of height to width', ratios);
  return { sizes: sizes.map((size) => [size]), ratios: sizes.map(() => ratios) };
}
