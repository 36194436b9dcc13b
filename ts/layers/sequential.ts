import { GraphError } from '../errors.js';
import type { Shape } from '../graph/shape.js';
import { composite, isLayer } from './layer.js';
import type { Layer, NameOption } from './layer.js';
import { asChild } from './scope.js';
import { input } from './value.js';
import type { Value } from './value.js';

/** What a chain of layers takes. */
export interface SequentialOptions extends NameOption {
  /** Shape of the input, NCHW; null for open dimensions. Default: what the first layer takes. */
  readonly input?: Shape | undefined;
}

/**
 * Layers one after the other, named by index (`features.0`) or by key. The layers are tried out at once on a value of
 * the input's shape, so that one that does not fit throws here, naming it.
 * @throws GraphError for what is no layer; ShapeError, GeometryError for a layer that does not fit the one before
 */
export function sequential(
  layers: readonly Layer[] | Readonly<Record<string, Layer>>,
  options: SequentialOptions = {},
): Layer {
  const children = Object.entries(layers);
  for (const [key, child] of children) {
    if (!isLayer(child)) throw new GraphError(`${key}: expected a layer, got ${typeof child}`, { place: key });
  }
  const indexed = Array.isArray(layers);
  const body = (x: Value): Value =>
    children.reduce((value, [key, child]) => asChild(indexed ? (child.layerName ?? key) : key, () => child(value)), x);
  const shape = options.input ?? children.find(([, child]) => child.inputShape)?.[1].inputShape;
  if (shape) body(input(shape));
  return composite(options.name, body, shape);
}
