import { ArgumentError } from '../base/errors.js';
import { expectNumbers, expectObject } from '../base/given.js';
import { nearest } from '../base/options.js';
import { showList, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { LayerSummary } from '../program/layers.js';
import type { SlidingWindow } from '../program/window.js';
import type { NamedShape } from './summary.js';

/** A rectangle of input pixels. */
export interface UnitField {
  /** First row. */
  readonly y: number;
  /** First column. */
  readonly x: number;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/** What of a summary says where its units look: `model.summary()` and `graphSummary()` have it. */
export interface UnitLayers {
  /** Inputs with their shapes. */
  readonly inputs: readonly NamedShape[];
  /** In the order they are computed. */
  readonly layers: readonly Pick<LayerSummary, 'name' | 'inputs' | 'outputShape' | 'window'>[];
}

type UnitLayer = UnitLayers['layers'][number];

/** Which rows and which columns of a map are seen. */
type Seen = readonly [rows: Uint8Array, columns: Uint8Array];

/**
 * The least rectangle around the pixels of the first input that a pixel of a layer's maps depends on, where a network has no weights of
 * zero. Each layer's window is followed back and cut at the edges of the maps it reads, so that padding is never counted. Undefined where
 * pixels are moved in ways that are no windows. Its height and width are 0 for a unit that sees padding alone.
 * @param summary - of `model.summary()`, or of `graphSummary()`
 * @param layer - the name of one of its layers
 * @param unit - [row, column] in that layer's maps
 * @throws ArgumentError for a layer that there is not, one without maps, and a unit outside of them
 */
export function unitField(summary: UnitLayers, layer: string, unit: readonly [number, number]): UnitField | undefined {
  expectObject('unitField', 'a summary', summary);
  const { inputs, layers } = summary;
  if (![inputs, layers].every(Array.isArray)) wrong('unitField', 'a summary, with inputs and layers', 'one without');
  const at = layers.findLastIndex(({ name }) => name === layer);
  if (at < 0) refuseLayer(layer, layers);
  const shape = layers[at]!.outputShape;
  expectUnit(unit, layer, shape);
  const input = inputs.find(({ shape: { length } }) => length === 4);
  const seen = input && lookBack(summary, at, unit.map((place, axis) => onlyAt(place, shape[axis + 2] ?? 1)) as unknown as Seen, input);
  return seen && rectangle(seen);
}

function refuseLayer(layer: unknown, layers: UnitLayers['layers']): never {
  const near = typeof layer === 'string' ? nearest(layer, layers.map(({ name }) => name)) : undefined;
  wrong('unitField: layer', 'the name of a layer of the summary', showValue(layer), { as: ArgumentError, hint: near && `did you mean ${near}?` });
}

function expectUnit(unit: readonly [number, number], layer: string, [, , height = 0, width = 0, ...more]: readonly number[]): void {
  expectNumbers('unitField: unit', 'a row and a column', unit, 2);
  if (height === 0 || width === 0 || more.length > 0) wrong('unitField: layer', 'a layer with maps', `${layer}, which has none`);
  const inside = [height, width].every((size, axis) => Number.isInteger(unit[axis]) && unit[axis]! >= 0 && unit[axis]! < size);
  if (!inside) wrong('unitField: unit', `a row below ${height} and a column below ${width}`, showList(unit));
}

/** Goes from a layer to the input; undefined where it cannot be said what a layer reads. */
function lookBack({ inputs, layers }: UnitLayers, from: number, unit: Seen, input: NamedShape): Seen | undefined {
  const seen = new Map<UnitLayer | NamedShape, Seen>([[layers[from]!, unit]]);
  for (let at = from; at >= 0; at--) {
    const layer = layers[at]!;
    const wanted = seen.get(layer);
    if (!wanted || wanted.some((axis) => !axis.includes(1))) continue;
    for (const name of layer.inputs) {
      // Layers of one name follow each other: what is read is the last of them before.
      const read = layers[layers.findLastIndex((other, place) => place < at && other.name === name)] ?? inputs.find((other) => other.name === name);
      if (!read) return undefined;
      const found = seenBy(layer, wanted, shapeOf(read));
      if (!found) return undefined;
      seen.set(read, joined(seen.get(read), found));
    }
  }
  return seen.get(input) ?? empty(input.shape);
}

const shapeOf = (read: UnitLayer | NamedShape): readonly number[] => ('outputShape' in read ? read.outputShape : read.shape);

/** What is no map is one place: where any of it is seen, all is. */
const sidesOf = (shape: readonly number[]): readonly [number, number] => (shape.length === 4 ? [shape[2]!, shape[3]!] : [1, 1]);

const empty = (shape: readonly number[]): Seen => {
  const [rows, columns] = sidesOf(shape);
  return [new Uint8Array(rows), new Uint8Array(columns)];
};

function onlyAt(place: number, size: number): Uint8Array {
  const only = new Uint8Array(size);
  only[place] = 1;
  return only;
}

function joined(before: Seen | undefined, [rows, columns]: Seen): Seen {
  // A branch that sees padding alone adds nothing along the other side either.
  if (!rows.includes(1) || !columns.includes(1)) return before ?? [rows.fill(0), columns.fill(0)];
  return before ? [rows.map((one, i) => one | before[0][i]!), columns.map((one, i) => one | before[1][i]!)] : [rows, columns];
}

/** What a layer of whose maps `wanted` is wanted sees of a map that it reads. */
function seenBy({ window, outputShape }: UnitLayer, wanted: Seen, from: readonly number[]): Seen | undefined {
  const sides = sidesOf(from);
  const whole = (): Seen => [new Uint8Array(sides[0]).fill(1), new Uint8Array(sides[1]).fill(1)];
  if (window === 'map' || outputShape.length !== 4) return whole();
  if (window === undefined || (window !== 'pixel' && from.length !== 4)) return undefined;
  if (window === 'pixel') return from.length !== 4 || (sides[0] === 1 && sides[1] === 1) ? whole() : [wanted[0].slice(), wanted[1].slice()];
  return [along(window, 0, wanted[0], sides[0]), along(window, 1, wanted[1], sides[1])];
}

/** The places of one side that windows at the wanted places see. */
function along({ kernel, stride, dilation, pad, transposed }: SlidingWindow, axis: 0 | 1, wanted: Uint8Array, size: number): Uint8Array {
  const seen = new Uint8Array(size);
  wanted.forEach((one, place) => {
    for (let tap = 0; one === 1 && tap < kernel[axis]; tap++) {
      const at = transposed ? (place + pad[axis] - tap * dilation[axis]) / stride[axis] : place * stride[axis] - pad[axis] + tap * dilation[axis];
      // Between two steps of a transposed convolution there is no pixel.
      if (Number.isInteger(at) && at >= 0 && at < size) seen[at] = 1;
    }
  });
  return seen;
}

function rectangle([rows, columns]: Seen): UnitField {
  const [y, x] = [rows.indexOf(1), columns.indexOf(1)];
  if (y < 0 || x < 0) return { y: 0, x: 0, height: 0, width: 0 };
  return { y, x, height: rows.lastIndexOf(1) - y + 1, width: columns.lastIndexOf(1) - x + 1 };
}
