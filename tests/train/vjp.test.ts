/** Gradients of any network for what comes from outside: against differences, and what does not fit. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, DtypeError, ShapeError, WeightsError } from '../../ts/base/errors.js';
import { add, batchNorm2d, conv2d, graph, input, mul, tanh } from '../../ts/ops/layers.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { vjpOn } from '../../ts/train/vjp.js';
import type { VjpRequest } from '../../ts/train/vjp.js';
import { openTrain } from '../support/train.js';

const wave = (shape: number[], seed: number): Tensor => {
  const length = shape.reduce((product, dim) => product * dim, 1);
  return tensor(new Float32Array(length).map((_, i) => Math.sin((i + 1) * 1.7 + seed)), shape);
};

const SHAPE = [2, 1, 3, 3];

/** Two inputs, two outputs, a value that is used twice. */
function net() {
  const [a, b] = [input([null, 1, 3, 3]), input([null, 1, 3, 3])];
  const h = conv2d(1, 1, 3, { padding: 1, name: 'conv' })(mul(a, b));
  return graph({ a, b }, { p: tanh()(h), q: add(h, a) });
}

const WEIGHTS = { 'conv.weight': wave([1, 1, 3, 3], 3), 'conv.bias': wave([1], 4) };
const REQUEST = { weights: WEIGHTS, inputs: { a: wave(SHAPE, 1), b: wave(SHAPE, 2) }, upstream: { p: wave(SHAPE, 5), q: wave(SHAPE, 6) } } satisfies VjpRequest;

const engine = openTrain('simd');

/** The sum of all outputs, each weighted by what comes from above. */
function total({ inputs, weights }: { readonly inputs: Record<string, Tensor>; readonly weights: Record<string, Tensor> }): number {
  const { outputs } = vjpOn(engine, net(), { ...REQUEST, inputs, weights });
  return [...outputs].reduce((sum, [name, { data }]) => sum + data.reduce((part, value, i) => part + value * REQUEST.upstream[name as 'p' | 'q'].data[i]!, 0), 0);
}

describe('a vector-Jacobian product', () => {
  it('is the slope of the weighted outputs, for every input and parameter', () => {
    const { gradients } = vjpOn(engine, net(), REQUEST);
    expect([...gradients.keys()].sort()).toEqual(['a', 'b', 'conv.bias', 'conv.weight']);
    const step = 1 / 64;
    for (const [name, { data, shape }] of gradients) {
      const of = name in REQUEST.inputs ? 'inputs' : 'weights';
      expect(shape).toEqual((REQUEST[of] as Record<string, Tensor>)[name]!.shape);
      for (const at of [0, data.length - 1]) {
        const moved = (by: number): number => {
          const given = (REQUEST[of] as Record<string, Tensor>)[name]!;
          return total({ ...REQUEST, [of]: { ...REQUEST[of], [name]: tensor(given.data.map((value, i) => (i === at ? value + by : value)), given.shape) } });
        };
        expect(data[at]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2);
      }
    }
  });

  it('takes maps, and a tensor alone where there is one name', () => {
    const x = input([null, 1, 3, 3]);
    const single = graph({ x }, { y: conv2d(1, 1, 3, { padding: 1, name: 'conv' })(x) });
    const [a, b] = [
      vjpOn(engine, single, { weights: WEIGHTS, inputs: wave(SHAPE, 1), upstream: wave(SHAPE, 5) }),
      vjpOn(engine, single, { weights: new Map(Object.entries(WEIGHTS)), inputs: new Map([['x', wave(SHAPE, 1)]]), upstream: { y: wave(SHAPE, 5) } }),
    ];
    expect(a).toEqual(b);
  });

  it('trains BatchNorm unless told otherwise, and tells its statistics', () => {
    const x = input([null, 2, 3, 3]);
    const normed = graph({ x }, { y: batchNorm2d(2, { name: 'bn' })(x) });
    const weights = { 'bn.weight': wave([2], 0), 'bn.bias': wave([2], 1), 'bn.running_mean': tensor(new Float32Array(2), [2]), 'bn.running_var': tensor(new Float32Array(2).fill(1), [2]) };
    const request = { weights, inputs: wave([2, 2, 3, 3], 1), upstream: wave([2, 2, 3, 3], 5) };
    const [trained, judged] = [vjpOn(engine, normed, request), vjpOn(engine, normed, { ...request, training: false })];
    const data = request.inputs.data;
    const mean = [0, 1].map((channel) => data.reduce((sum, value, i) => (Math.floor(i / 9) % 2 === channel ? sum + value / 18 : sum), 0));
    trained.state.get('bn.running_mean')!.data.forEach((value, channel) => expect(value).toBeCloseTo(0.1 * mean[channel]!, 5));
    expect(judged.state.get('bn.running_mean')!.data).toEqual(new Float32Array(2));
    expect(trained.outputs.get('y')).not.toEqual(judged.outputs.get('y'));
  });
});

describe('what does not fit', () => {
  it.each([
    ['an input is missing', { inputs: { a: wave(SHAPE, 1) } }, ArgumentError, /^inputs: expected b, got a$/],
    ['one tensor for two inputs', { inputs: wave(SHAPE, 1) }, ArgumentError, /^inputs: expected tensors by name/],
    ['a gradient from above is missing', { upstream: { p: wave(SHAPE, 5) } }, ArgumentError, /^upstream: expected q, got p$/],
    ['a gradient of another shape', { upstream: { p: wave(SHAPE, 5), q: wave([2, 1, 3, 2], 6) } }, ShapeError, /^upstream q: expected \[2, 1, 3, 3\], got \[2, 1, 3, 2\]$/],
    ['a parameter is missing', { weights: { 'conv.weight': wave([1, 1, 3, 3], 3) } }, WeightsError, /^weights: conv.bias: expected a tensor \[1\], got none$/],
    ['a parameter of another shape', { weights: { ...WEIGHTS, 'conv.bias': wave([2], 4) } }, ShapeError, /^conv.bias: expected \[1\], got \[2\]$/],
    ['another type', { inputs: { a: wave(SHAPE, 1), b: { ...wave(SHAPE, 2), dtype: 'float64' } as never } }, DtypeError, /^inputs.b: expected float32, got float64$/],
    ['an option that is none', { train: true }, ArgumentError, /^vjp: expected an option it has, got train; did you mean training\?$/],
  ] as const)('%s', (_, change, type, message) => {
    const call = (): unknown => vjpOn(engine, net(), { ...REQUEST, ...change } as VjpRequest);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
