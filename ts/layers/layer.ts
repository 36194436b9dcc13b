import type { Op } from '../graph/op.js';
import type { Shape } from '../graph/shape.js';
import { enter } from './scope.js';
import { apply, describing } from './value.js';
import type { Value } from './value.js';

/** A module: called with a value, it gives another. Its parameters are named after its path. */
export interface Layer {
  (x: Value): Value;
  /** Its name in the module around it, if it has one of its own. */
  readonly layerName?: string | undefined;
  /** The shape of input that it can take, where it says anything about it. */
  readonly inputShape?: Shape | undefined;
}

/** What every layer function takes. */
export interface NameOption {
  /** Name of the layer within the module around it; `sequential` gives one where there is none. */
  readonly name?: string | undefined;
}

/** Whether a value is a layer. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === 'function';
}

/** A layer that is one operator. */
export function leaf(what: string, makeOp: () => Op, { name }: NameOption = {}, inputShape?: Shape): Layer {
  const op = describing(name ?? what, makeOp);
  const layer = (x: Value): Value => enter(name, (path) => apply(op, [x], layer, path));
  return Object.assign(layer, { layerName: name, inputShape });
}

/** A layer that is a function of other layers; what it returns is known by its name. */
export function composite(name: string | undefined, body: (x: Value) => Value, inputShape?: Shape): Layer {
  const layer = (x: Value): Value =>
    enter(name, (path) => {
      const result = body(x);
      if (path !== undefined) result.modules.push(path);
      return result;
    });
  return Object.assign(layer, { layerName: name, inputShape });
}

/**
 * A module under a name: `named('layer1', (x) => ...)`. Layers called inside get paths below it.
 * @param name - its name within the module around it
 * @param body - computes its value from the one it is given
 */
export function named(name: string, body: (x: Value) => Value): Layer {
  return composite(name, body);
}
