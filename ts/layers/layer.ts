import { GraphError, placing } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Op } from '../graph/op.js';
import type { Shape } from '../tensor/shape.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { enter } from './scope.js';
import { apply, checkValue, isValue } from './value.js';
import type { Value } from './value.js';

/**
 * A module: called with a value, it gives another. Its parameters are named after its path. The call throws a GraphError for what is no
 * value, a ShapeError or GeometryError naming the layer for a value that it does not take.
 */
export interface Layer {
  (x: Value): Value;
  /** Its name in the module around it, if it has one of its own. */
  readonly layerName?: string | undefined;
  /** The shape of input that it can take, [N, C, H, W] for maps, null where open; absent where it says nothing about it. */
  readonly inputShape?: Shape | undefined;
}

/** What every layer function takes. An option that there is not is refused with an ArgumentError. */
export interface NameOption {
  /** Name of the layer within the module around it; `sequential` gives one where there is none. */
  readonly name?: string | undefined;
}

/** Names of the options of layers that have a name alone. */
export const NAME_OPTION = optionNames<NameOption>({ name: true });

/** Whether a value is a layer, or may be one: a function. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === 'function';
}

/** How an operator is made of the options of its layer function, and what options there are. */
export interface LeafSpec<Options extends NameOption> {
  readonly known: KnownOptions;
  /** The first argument before the options, where there is one: a value there means that the layer was to be called. */
  readonly first?: unknown;
  readonly make: (options: Options) => Op;
  readonly inputShape?: Shape;
}

/**
 * A layer that is one operator.
 * @param what - the layer function, for messages
 * @throws ArgumentError for options that there are not, GraphError for a value in place of arguments, and what `make` throws
 */
export function leaf<Options extends NameOption>(what: string, options: Options, { known, first, make, inputShape }: LeafSpec<Options>): Layer {
  if (isValue(first) || isValue(options)) {
    wrong(undefined, 'a layer', `${what}, a function that makes one`, { as: GraphError, hint: `write ${what}()` });
  }
  checkOptions(what, options, known);
  const { name } = options;
  checkName(what, name);
  const op = placing(name ?? what, () => make(options));
  const layer = (x: Value): Value => enter(name, (path) => apply(op, [x], layer, path));
  return Object.assign(layer, { layerName: name, inputShape });
}

/** @throws ArgumentError for a name that is no text */
export function checkName(what: string, name: unknown): void {
  if (name === undefined || typeof name === 'string') return;
  const got = showValue(name);
  wrong(`${what}: name`, 'a text', got);
}

/** A layer that is a function of other layers; what it returns is known by its name. */
export function composite(name: string | undefined, body: (x: Value) => Value, inputShape?: Shape): Layer {
  const layer = (x: Value): Value =>
    enter(name, (path) => {
      checkValue(path ?? 'a layer', x);
      const result = body(x);
      if (path !== undefined) checkValue(`${path}: what it returns`, result).modules.push(path);
      return result;
    });
  return Object.assign(layer, { layerName: name, inputShape });
}

/**
 * A module under a name: `named('layer1', (x) => ...)`. Layers called inside get paths below it.
 * @param name - its name within the module around it
 * @param body - computes its value from the one it is given
 * @throws ArgumentError for a name that is no text, or a body that is no function
 */
export function named(name: string, body: (x: Value) => Value): Layer {
  if (typeof name !== 'string') checkName('named', name ?? null);
  if (typeof body !== 'function') {
    const got = showValue(body);
    wrong('named', 'a function from value to value', got);
  }
  return composite(name, body);
}
