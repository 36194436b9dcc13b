import { placing } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showList } from '../../base/show.js';
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
  /** Channels of the image, from 1 on. Default 1. */
  readonly inChannels?: number | undefined;
  /** Pixels of a side of the image, a multiple of 16. Default 128. */
  readonly size?: number | undefined;
  /** Pixels from a cell of the grid to the next: [8], or [8, 16] for objects larger than a third of the image as well. Default [8]. */
  readonly strides?: readonly number[] | undefined;
  /** Channels of the maps of stride 2, 4, 8 and 16, and of the neck. Default [16, 24, 48, 64, 64]; small objects want more of them early. */
  readonly channels?: readonly [number, number, number, number, number] | undefined;
  /** Whether the graph decodes boxes and scores, as a detector does. Default true; a trainer takes the graph that does not. */
  readonly decoded?: boolean | undefined;
}

const CHANNELS = [16, 24, 48, 64, 64] as const;

const OPTIONS = optionNames<TinyYoloOptions>({ classes: true, inChannels: true, size: true, strides: true, channels: true, decoded: 'boolean' });

type Checked = { readonly [Name in keyof TinyYoloOptions]-?: Exclude<TinyYoloOptions[Name], undefined> };

function checked(options: TinyYoloOptions): Checked {
  checkOptions('tinyYolo', options, OPTIONS);
  const { classes = 10, inChannels = 1, size = 128, strides = [8], channels = CHANNELS, decoded = true } = options;
  placing('tinyYolo', () => {
    whole('classes', classes, 1);
    whole('inChannels', inChannels, 1);
    whole('size', size, 16);
    if (!Array.isArray(channels) || channels.length !== CHANNELS.length) wrong('channels', 'five whole numbers', showList(channels));
    channels.forEach((count, i) => whole(`channels[${i}]`, count, 1));
  });
  if (size % 16 !== 0) wrong('tinyYolo: size', 'a multiple of 16', String(size));
  if (!Array.isArray(strides) || !['8', '8,16'].includes(strides.join())) wrong('tinyYolo: strides', '[8] or [8, 16]', showList(strides));
  return { classes, inChannels, size, strides, channels, decoded };
}

/** The map of each stride. */
function features(x: Value, { inChannels, strides, channels: [c2, c4, c8, c16, neck] }: Checked): readonly Value[] {
  const y8 = sequential(
    [block(inChannels, c2, 3, 2), block(c2, c4, 3, 2), residual(c4), block(c4, c8, 3, 2), residual(c8), residual(c8)], { name: 'backbone8' },
  )(x);
  const y16 = sequential([block(c8, c16, 3, 2), residual(c16)], { name: 'backbone16' })(y8);
  const up = cat([y8, upsample({ scaleFactor: 2 })(y16)]);
  const fine = sequential([block(c8 + c16, neck, 1), block(neck, neck, 3)], { name: 'neck' })(up);
  return strides.length > 1 ? [fine, y16] : [fine];
}

/** What a level says of its cells, each [N, numbers, cells]. */
interface Level {
  /** Centre relative to that of the cell, and size, in strides. */
  readonly boxes: Value;
  readonly objectness: Value;
  readonly classes: Value;
}

function level(x: Value, stride: number, from: number, classes: number): Level {
  const conv = (name: string, to: number): Value => conv2d(from, to, 1, { name: `head${stride}.${name}` })(x);
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
  const { classes: count, inChannels, size, strides, channels, decoded } = given;
  const x = input([null, inChannels, size, size]);
  const [, , , c16, neck] = channels;
  const levels = features(x, given).map((map, i) => level(map, strides[i]!, i === 0 ? neck : c16, count));
  const [boxes, objectness, classes] = (['boxes', 'objectness', 'classes'] as const).map((part) => joined(levels.map((of) => of[part]))) as [Value, Value, Value];
  if (!decoded) return graph({ input: x }, { boxes, objectness, classes });
  const cells = strides.reduce((sum, stride) => sum + (size / stride) ** 2, 0);
  const pixels = named('decode', (of) => {
    const scaled = apply(mulOp({ operand: [cells] }), [of], {}, 'decode.stride');
    return apply(addOp({ operand: [4, cells] }), [scaled], {}, 'decode.cell');
  })(boxes);
  return graph({ input: x }, { output: cat([pixels, mul(sigmoid()(classes), sigmoid()(objectness))]) });
}
