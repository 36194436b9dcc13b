/** What the functions that describe networks, tensors and pixels do with arguments of any kind: they work, or throw an error with a code. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../ts/base/errors.js';
import type { Graph } from '../../ts/graph/graph.js';
import * as layers from '../../ts/entries/layers.js';
import * as models from '../../ts/models/index.js';
import { PRESET_NAMES } from '../../ts/image/spec.js';
import { preprocess } from '../../ts/image/preprocess.js';
import { resize } from '../../ts/image/resize.js';
import { tensor } from '../../ts/tensor/tensor.js';

type Any = (...args: readonly unknown[]) => unknown;

const cyclic: unknown[] = [];
cyclic.push(cyclic, [cyclic]);
const bare = Object.create(null) as object;

const JUNK: readonly unknown[] = [
  undefined, null, true, 0, 1, 2, -1, 1.5, Number.NaN, Infinity, 1e99, 5n, '', 'x', 'constructor', '__proto__', Symbol('s'), {}, bare, [], [[]], [null],
  [Symbol('s')], [undefined, 1], [1, [2]], [[1, 2], [3]], cyclic, { name: Symbol('s') }, { name: 5 }, { shape: [1] }, { shape: 5, modules: 5 },
  { input: 7 }, { stride: Symbol('s') }, { size: [Symbol('s'), 1] }, { padding: 'x', kernel: {} }, () => undefined,
  new Float32Array(3), new Float64Array(2), new ArrayBuffer(4), new Map([[1, 2]]), new Date(0), /x/, layers.relu, layers.relu(), layers.input([1, 2, 4, 4]),
];

/** What was called, for the message of a failure. */
function shown(args: readonly unknown[]): string {
  return args.map((arg) => (typeof arg === 'function' ? 'a function' : typeof arg === 'object' && arg !== null ? Object.prototype.toString.call(arg) : String(arg))).join(', ');
}

/** Calls it; what it throws is a ReceptiveError with a message. A layer that comes out is called as well. */
function attempt(name: string, call: Any, args: readonly unknown[], deep = true): void {
  let result: unknown;
  try {
    result = call(...args);
  } catch (error) {
    if (error instanceof ReceptiveError && error.message !== '') return;
    throw new Error(`${name}(${shown(args)}) threw ${String(error)}`, { cause: error });
  }
  if (!deep || typeof result !== 'function') return;
  for (const value of JUNK) attempt(`${name}(${shown(args)})`, result as Any, [value], false);
}

const callable = (exported: object): [string, Any][] => Object.entries(exported).filter((entry): entry is [string, Any] => typeof entry[1] === 'function');
const IMAGE = { data: new Uint8Array(12), width: 2, height: 2 };

const OTHERS: [string, Any][] = [
  ['tensor', tensor as Any],
  ['preprocess', preprocess as Any],
  ['preprocess of an image', (...args) => preprocess(IMAGE, ...(args as [never, never]))],
  ['resize', resize as Any],
  ['resize of an image', (...args) => resize(IMAGE, ...(args as [never, never, never]))],
];

describe('every function, called with anything, works or throws an error with a code', () => {
  test.each([...callable(layers), ...OTHERS])('%s', (name, call) => {
    for (const first of JUNK) {
      attempt(name, call, [first]);
      for (const second of JUNK.slice(0, 30)) attempt(name, call, [first, second], false);
    }
    const args = fc.array(fc.oneof(fc.constantFrom(...JUNK), fc.anything()), { maxLength: 5 });
    fc.assert(fc.property(args, (drawn) => attempt(name, call, drawn)), { numRuns: 100 });
    for (const option of ['name', 'stride', 'padding', 'dilation', 'groups', 'bias', 'mode', 'value', 'eps', 'size', 'scaleFactor', 'approximate', 'input', 'outputPadding', 'ceilMode', 'divisorOverride', 'alpha']) {
      for (const junk of JUNK) for (const before of [[], [2], [2, 2, 2]]) attempt(name, call, [...before, { [option]: junk }], false);
    }
  });

  test.each(callable(models))('models.%s', (name, call) => {
    // A whole network is built where the options are good, so only what is not is tried.
    for (const junk of JUNK.filter((value) => value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value)))) {
      attempt(name, call, [junk]);
      for (const option of ['classes', 'input', 'inChannels', 'base', 'clases']) attempt(name, call, [{ [option]: junk }], false);
    }
  });
});

describe('a layer that was not called is named where it stands', () => {
  const { conv2d, relu, sequential, input, graph, add, cat, named, toGraph, withOutputs } = layers;
  const x = input([1, 2, 4, 4]);
  const wrong = <T>(value: unknown): T => value as T;
  test.each([
    [() => sequential([conv2d(1, 2, 3), wrong(relu)]), 'sequential.1: expected a layer, got relu, a function that makes one; write relu()'],
    [() => sequential({ conv: conv2d(1, 2, 3), pool: wrong(layers.maxPool2d) }), 'sequential.pool: expected a layer, got maxPool2d, a function that makes one; write maxPool2d()'],
    [() => sequential([conv2d(1, 2, 3), wrong(conv2d)]), 'sequential.1: expected a layer, got conv2d, a function that makes one; write conv2d()'],
    [() => sequential([conv2d(1, 2, 3), wrong(null)]), 'sequential.1: expected a layer, got null'],
    [() => sequential([conv2d(1, 2, 3), () => wrong(undefined)]), 'sequential.1: expected a value of the graph, got undefined'],
    [() => graph({ x }, { y: wrong(relu(wrong(x))) }), 'expected a layer, got relu, a function that makes one; write relu()'],
    [() => graph({ x }, { y: wrong(relu()) }), 'graph: y: expected a value of the graph, got a layer or function; a layer gives one when it is called with one: relu()(x)'],
    [() => graph(wrong(x), { y: x }), 'graph.inputs: expected an object of values by name, got a value without a name'],
    [() => add(x, wrong(relu())), 'Add, operand 1: expected a value of the graph, got a layer or function'],
    [() => cat([x, wrong(relu)]), 'Concat, operand 1: expected a value of the graph, got a layer or function'],
    [() => cat(wrong(x)), 'cat: expected a list of values, got one value'],
    [() => named('block', wrong(x)), 'named: expected a function from value to value, got Object'],
    [() => toGraph(wrong({})), 'toGraph: expected a graph or a layer, got Object'],
    [() => withOutputs(wrong<Graph>(relu()), ['y']), 'withOutputs: expected a graph, got function; toGraph(layer) makes one of a layer'],
    [() => withOutputs(wrong<Graph>({ run() {} }), ['y']), 'withOutputs: expected a graph, got Object; a loaded model has one as its property graph'],
    [() => withOutputs(models.lenet5(), wrong('fc1')), 'withOutputs: expected a list of names of outputs, got "fc1"'],
    [() => withOutputs(models.lenet5(), ['constructor']), 'outputs: expected the name of a module or output, got constructor; there are output, conv1'],
    [() => conv2d(1, 2, 3, wrong({ strides: 2 })), 'conv2d: expected an option it has, got strides; did you mean stride?'],
    [() => models.resnet18(wrong({ clases: 10 })), 'resnet18: expected an option it has, got clases; did you mean classes?'],
    [() => models.unet(wrong({ channels: 10 })), 'unet: expected an option it has, got channels; did you mean inChannels?'],
    [() => preprocess(IMAGE, wrong({ means: [0, 0, 0] })), 'preprocess: expected an option it has, got means; did you mean mean?'],
    [() => preprocess({ ...IMAGE, data: new Uint8Array(11) }, 'unit'), 'image: expected 12 bytes (RGB) for 2 x 2 pixels, got 11 bytes'],
  ])('%#', (write, message) => {
    expect(write).toThrow(ReceptiveError);
    expect(write).toThrow(message);
  });
});

test('the list of presets is that of names', () => {
  for (const preset of PRESET_NAMES) expect(preprocess(IMAGE, { preset, size: 2, ...(preset !== 'letterbox' && { crop: 2 }), ...(preset === 'imagenet' && { resize: 'stretch' }) }).shape).toEqual([1, 3, 2, 2]);
});
