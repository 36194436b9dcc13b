import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { Graph } from '../../graph/graph.js';
import { apply } from '../../layers/value.js';
import { addOp } from '../../ops/add/op.js';
import { whole } from '../../ops/common.js';
import { cat, conv2d, flatten, graph, input, mul, named, sequential, sigmoid, softplus, upsample } from '../../ops/layers.js';
import type { Value } from '../../ops/layers.js';
import { mulOp } from '../../ops/mul/op.js';
import { block, residual } from './blocks.js';

/** What `tinyYolo` takes. */
export interface TinyYoloOptions {
  /** Classes that are told apart. Default 10. */
  readonly classes?: number | undefined;
  /** Channels of the image. Default 1. */
  readonly inChannels?: number | undefined;
  /** Pixels of a side of the image, a multiple of 16. Default 128. */
  readonly size?: number | undefined;
  /** Pixels from a cell of the grid to the next: [8], or [8, 16] for objects larger than a third of the image as well. Default [8]. */
  readonly strides?: readonly number[] | undefined;
  /** Whether the graph decodes boxes and scores, as a detector does. Default true; a trainer takes the graph that does not. */
  readonly decoded?: boolean | undefined;
}

const OPTIONS = optionNames<TinyYoloOptions>({ classes: true, inChannels: true, size: true, strides: true, decoded: 'boolean' });

type Checked = { readonly [Name in keyof TinyYoloOptions]-?: Exclude<TinyYoloOptions[Name], undefined> };

function checked(options: TinyYoloOptions): Checked {
  checkOptions('tinyYolo', options, OPTIONS);
  const { classes = 10, inChannels = 1, size = 128, strides = [8], decoded = true } = options;
  placing('tinyYolo', () => {
    whole('classes', classes, 1);
    whole('inChannels', inChannels, 1);
    whole('size', size, 16);
  });
  if (size % 16 !== 0) wrong('tinyYolo: size', 'a multiple of 16', String(size));
  if (!Array.isArray(strides) || !['8', '8,16'].includes(strides.join())) wrong('tinyYolo: strides', '[8] or [8, 16]', showValue(strides));
  return { classes, inChannels, size, strides, decoded };
}

/** Channels of the maps of stride 2, 4, 8 and 16, and of the neck. */
const [C2, C4, C8, C16, NECK] = [16, 24, 48, 64, 64] as const;

/** The map of each stride. */
function features(x: Value, { inChannels, strides }: Checked): readonly Value[] {
  const y8 = sequential(
    [block(inChannels, C2, 3, 2), block(C2, C4, 3, 2), residual(C4), block(C4, C8, 3, 2), residual(C8), residual(C8)], { name: 'backbone8' },
  )(x);
  const y16 = sequential([block(C8, C16, 3, 2), residual(C16)], { name: 'backbone16' })(y8);
  const up = cat([y8, upsample({ scaleFactor: 2 })(y16)]);
  const neck = sequential([block(C8 + C16, NECK, 1), block(NECK, NECK, 3)], { name: 'neck' })(up);
  return strides.length > 1 ? [neck, y16] : [neck];
}

/** What a level says of its cells, each [N, numbers, cells]. */
interface Level {
  /** Centre relative to that of the cell, and size, in strides. */
  readonly boxes: Value;
  readonly objectness: Value;
  readonly classes: Value;
}

function level(x: Value, stride: number, classes: number): Level {
  const conv = (name: string, to: number): Value => conv2d(NECK, to, 1, { name: `head${stride}.${name}` })(x);
  const cells = flatten(2);
  const sizes = softplus()(conv('size', 2));
  return { boxes: cells(cat([conv('centre', 2), sizes])), objectness: cells(conv('objectness', 1)), classes: cells(conv('classes', classes)) };
}

/** The cells of all levels behind each other. */
const joined = (levels: readonly Value[]): Value => (levels.length > 1 ? cat(levels, 2) : levels[0]!);

/**
 * A one-stage detector without anchors for small images, 171 thousand parameters for 10 classes: a backbone of convolutions with BatchNorm
 * (Ioffe and Szegedy 2015, arXiv 1502.03167) and shortcuts (He et al. 2015, arXiv 1512.03385), a neck that brings the coarse map back to
 * stride 8 (Lin et al. 2016, arXiv 1612.03144), and a head that says of each cell where the object around it is (Redmon et al. 2015,
 * arXiv 1506.02640; Ge et al. 2021, arXiv 2107.08430). [N, inChannels, size, size] to the form of YOLOv8, `output`
 * [N, 4 + classes, cells] of centre x, centre y, width and height in pixels, then the score of each class (objectness times class, 0 to 1).
 * Cells follow each other row by row, those of stride 8 first. Parameters of `decode` are not learned: `yoloConstants` of `receptive/train` gives them.
 *
 * With `decoded: false` the outputs are what losses judge: `boxes` [N, 4, cells] (centre relative to that of the cell and size, in
 * strides), `objectness` [N, 1, cells] and `classes` [N, classes, cells] (logits).
 * @throws ArgumentError for an option
 */
export function tinyYolo(options: TinyYoloOptions = {}): Graph {
  const given = checked(options);
  const { classes: count, inChannels, size, strides, decoded } = given;
  const x = input([null, inChannels, size, size]);
  const levels = features(x, given).map((map, i) => level(map, strides[i]!, count));
  const [boxes, objectness, classes] = (['boxes', 'objectness', 'classes'] as const).map((part) => joined(levels.map((of) => of[part]))) as [Value, Value, Value];
  if (!decoded) return graph({ input: x }, { boxes, objectness, classes });
  const cells = strides.reduce((sum, stride) => sum + (size / stride) ** 2, 0);
  const pixels = named('decode', (of) => {
    const scaled = apply(mulOp({ operand: [cells] }), [of], {}, 'decode.stride');
    return apply(addOp({ operand: [4, cells] }), [scaled], {}, 'decode.cell');
  })(boxes);
  return graph({ input: x }, { output: cat([pixels, mul(sigmoid()(classes), sigmoid()(objectness))]) });
}
