import { wrong } from '../base/wrong.js';
import { GeometryError, GraphError, placed, ShapeError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue } from '../base/show.js';
import type { Shape } from '../tensor/shape.js';
import { checkName, composite, isLayer } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { asChild } from './scope.js';
import { checkValue, input } from './value.js';
import type { Value } from './value.js';

/** What a chain of layers takes. */
export interface SequentialOptions extends NameOption {
  /** Shape of the input, NCHW; null for open dimensions. Default: what the first layer takes. */
  readonly input?: Shape | undefined;
}

const SEQUENTIAL = optionNames<SequentialOptions>({ name: true, input: true });

function refuse(place: string, expected: string, value: unknown): never {
  wrong(place, expected, showValue(value), { as: GraphError });
}

/** What a child gives; a layer function that was not called is named where it stands. */
function called(key: string, child: Layer, value: Value): Value {
  if ('layerName' in child) return child(value);
  const place = `sequential.${key}`;
  try {
    return checkValue(place, child(value));
  } catch (error) {
    if (!(error instanceof GraphError) || error.place !== undefined) throw error;
    throw placed(error, place, `${place}: ${error.message}`);
  }
}

/** What the first layer takes that says anything about it, unless those before it change it: what a classifier's pooling takes is not said. */
function inputShapeOf(children: readonly [string, Layer][], through: (some: readonly [string, Layer][], x: Value) => Value): Shape | undefined {
  const at = children.findIndex(([, child]) => child.inputShape);
  const shape = children[at]?.[1].inputShape;
  if (!shape) return undefined;
  try {
    through(children.slice(0, at), input(shape));
    return shape;
  } catch (error) {
    if (error instanceof ShapeError || error instanceof GeometryError) return undefined;
    throw error;
  }
}

/**
 * Layers one after the other, named by index (`features.0`) or by key. The layers are tried out at once on a value of
 * the input's shape, so that one that does not fit throws here, naming it.
 * @throws GraphError for what is no layer, as a layer function that was not called (`relu` in place of `relu()`); ShapeError, GeometryError
 *   for a layer that does not fit the one before; ArgumentError for an option
 */
export function sequential(
  layers: readonly Layer[] | Readonly<Record<string, Layer>>,
  options: SequentialOptions = {},
): Layer {
  checkOptions('sequential', options, SEQUENTIAL);
  checkName('sequential', options.name);
  if (typeof layers !== 'object' || layers === null) refuse('sequential', 'a list or an object of layers', layers);
  const children = Array.isArray(layers) ? Array.from(layers as readonly Layer[], (layer, i): [string, Layer] => [String(i), layer]) : Object.entries(layers);
  for (const [key, child] of children) if (!isLayer(child)) refuse(`sequential.${key}`, 'a layer', child);
  const indexed = Array.isArray(layers);
  const through = (some: readonly [string, Layer][], x: Value): Value =>
    some.reduce((value, [key, child]) => asChild(indexed ? (child.layerName ?? key) : key, () => called(key, child, value)), x);
  const body = (x: Value): Value => through(children, x);
  const shape = options.input ?? inputShapeOf(children, through);
  if (shape) body(input(shape));
  return composite(options.name, body, shape);
}
