/** What a trainer refuses, at once and with nothing half updated: parameters, statistics and counters are as before. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { AbortedError, ArgumentError, DtypeError, EngineError, FormatError, ReceptiveError, ShapeError, WeightsError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, flatten, linear, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { readIdx } from '../../ts/train/data/idx.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { createTrainer, vjp } from '../../ts/entries/train-inline.js';
import { crossEntropy, mse, softCrossEntropy } from '../../ts/train/losses.js';
import { adamw, rmsprop, sgd } from '../../ts/train/optimizers.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { Trainer } from '../../ts/train/trainer.js';
import { vjpOn } from '../../ts/train/vjp.js';
import { openModel, openTrain } from '../support/train.js';

const net = (features = 3) => toGraph(stack([conv2d(1, 2, 3), batchNorm2d(2), relu(), flatten(), linear(8, features)], { input: [null, 1, 4, 4] }));
const trainer = (options: Partial<TrainerOptions> = {}, graph = net()): Trainer =>
  new Trainer(openTrain('simd'), graph, { loss: crossEntropy(), optimizer: adamw({ lr: 0.1 }), seed: 3, ...options });

const images = (count: number): Tensor => tensor(new Float32Array(count * 16).map((_, i) => Math.sin(i * 2.3)), [count, 1, 4, 4]);
const y = [0, 1, 2, 0];
const holding = (value: number): Tensor => tensor(images(4).data.map((one, i) => (i === 37 ? value : one)), [4, 1, 4, 4]);

/** Memory that was given to another thread. */
function detached(length: number): Float32Array {
  const data = new Float32Array(length);
  structuredClone(data, { transfer: [data.buffer] });
  return data;
}

function errorOf(call: () => unknown): ReceptiveError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ReceptiveError);
    return error as ReceptiveError;
  }
  throw new Error('nothing was refused');
}

describe('a batch', () => {
  const rows = [
    ['that is none', undefined, ArgumentError, /^batch: expected a batch \{ x, y \}, or a data set, got undefined$/],
    ['without images', { y }, ArgumentError, /^x: expected a tensor, got undefined$/],
    ['without labels', { x: images(4) }, ArgumentError, /^y: expected class indices or a tensor, got undefined$/],
    ['without examples', { x: images(0), y: [] }, ShapeError, /^x: expected at least one example, got \[0, 1, 4, 4\]$/],
    ['with a label above', { x: images(4), y: [0, 1, 2, 3] }, ArgumentError, /^y\[3\]: expected a class from 0 to 2, got 3$/],
    ['with a label below', { x: images(4), y: [0, -1, 2, 2] }, ArgumentError, /^y\[1\]: expected a class from 0 to 2, got -1$/],
    ['with a label between', { x: images(4), y: [0, 1.5, 2, 2] }, ArgumentError, /^y\[1\]: expected a class from 0 to 2, got 1.5$/],
    ['with a label that is NaN', { x: images(4), y: [Number.NaN, 1, 2, 2] }, ArgumentError, /^y\[0\]: expected a class from 0 to 2, got NaN$/],
    ['whose labels are all ignored', { x: images(4), y: [-100, -100, -100, -100] }, ArgumentError, /^y: expected a label that counts, got only such as are ignored/],
    ['with fewer labels', { x: images(4), y: [0, 1] }, ShapeError, /^y: expected \[4\], got \[2\]$/],
    ['of another shape', { x: tensor(new Float32Array(4 * 25), [4, 1, 5, 5]), y }, ShapeError, /expected \[\?, 1, 4, 4\], got \[4, 1, 5, 5\]$/],
    ['of another rank', { x: tensor(new Float32Array(64), [4, 16]), y }, ShapeError, /expected \[\?, 1, 4, 4\], got \[4, 16\]$/],
    ['of another type', { x: { ...images(4), dtype: 'uint8' }, y }, DtypeError, /^x: expected float32, got uint8$/],
    ['with NaN', { x: holding(Number.NaN), y }, ArgumentError, /^x: expected finite numbers, got NaN in example 2$/],
    ['that is a list', { x: [[1, 2]], y }, ArgumentError, /^x: expected a tensor, got Array; make one: tensor\(data, shape\)$/],
    ['that is an array', { x: images(4).data, y }, ArgumentError, /^x: expected a tensor, got Float32Array; make one: tensor\(data, shape\)$/],
    ['with data too short', { x: { ...images(4), data: images(2).data }, y }, ShapeError, /^x: expected data of 64 elements, as the shape \[4, 1, 4, 4\] has, got 32$/],
    ['with data too long', { x: { ...images(2), data: images(4).data }, y: [0, 1] }, ShapeError, /^x: expected data of 32 elements, .*, got 64$/],
    ['with data in a list', { x: { dtype: 'float32', shape: [1, 1, 4, 4], data: [...images(1).data] }, y: [0] }, DtypeError, /^x: expected float32 \(a Float32Array\), got Array; tensor\(data, shape\) makes one/],
    ['with data in 64 bits', { x: { ...images(4), data: Float64Array.from(images(4).data) }, y }, DtypeError, /^x: expected float32 \(a Float32Array\), got Float64Array/],
    ['that was handed over', { x: { ...images(4), data: detached(64) }, y }, ArgumentError, /^x: expected a buffer with its bytes, got a detached one, which was transferred before/],
    ['with a label that is null', { x: images(4), y: [0, 1, null, 2] }, ArgumentError, /^y\[2\]: expected a class from 0 to 2, got null$/],
    ['with labels that are names', { x: images(4), y: ['a', 'b', 'a', ''] }, ArgumentError, /^y\[0\]: expected a class from 0 to 2, got "a"; step takes the number of a class, not its name$/],
    ['with labels in lists', { x: images(4), y: [[0], [1], [2], [0]] }, ArgumentError, /^y\[0\]: expected a class from 0 to 2, got Array; tensor\(y\) makes a tensor/],
    ['with a hole among the labels', { x: images(4), y: Object.assign([0, 1, 2], { length: 4 }) }, ArgumentError, /^y\[3\]: expected a class from 0 to 2, got undefined$/],
    ['with labels that were handed over', { x: images(4), y: detached(4) }, ArgumentError, /^y: expected a buffer with its bytes, got a detached one, which was transferred before/],
    ['with labels whose data is too short', { x: images(4), y: { dtype: 'int32', shape: [4], data: new Int32Array(3) } }, ShapeError, /^y: expected data of 4 elements, as the shape \[4\] has, got 3$/],
    ['with labels in another array', { x: images(4), y: { dtype: 'int32', shape: [4], data: new Uint8Array(4) } }, DtypeError, /^y: expected int32 \(a Int32Array\), got Uint8Array/],
    ['with an infinity', { x: holding(-Infinity), y }, ArgumentError, /^x: expected finite numbers, got -Infinity in example 2$/],
  ] as const;

  it.each(rows)('%s is refused by every call', (_, batch, type, message) => {
    const of = trainer();
    of.step({ x: images(4), y });
    const before = of.save();
    const calls: ((given: never) => unknown)[] = [(given) => of.step(given)];
    if (!message.source.includes('counts')) calls.push((given) => of.evaluate(given), (given) => of.gradients(given));
    for (const call of calls) {
      const error = errorOf(() => call(batch as never));
      expect(error).toBeInstanceOf(type);
      expect(error.message).toMatch(message);
    }
    expect(of.save()).toEqual(before);
  });

  it('of one, of which BatchNorm sees one value a channel, is refused', () => {
    const of = trainer({}, toGraph(stack([conv2d(1, 2, 4), batchNorm2d(2), flatten(), linear(2, 3)], { input: [null, 1, 4, 4] })));
    const before = of.save();
    expect(errorOf(() => of.step({ x: images(1), y: [0] })).message).toMatch(/^1: .*1 value a channel, expected 2 or more/);
    expect(of.save()).toEqual(before);
    expect(of.evaluate({ x: images(1), y: [0] }).output.shape).toEqual([1, 3]);
  });

  it('whose targets are no numbers is refused', () => {
    const of = trainer({ loss: mse() });
    const target = tensor(new Float32Array(12).map((_, i) => (i === 7 ? Number.NaN : i)), [4, 3]);
    expect(errorOf(() => of.step({ x: images(4), y: target })).message).toBe('y: expected finite numbers, got NaN in example 2');
  });

  it.each([
    ['of the other order', tensor(new Float32Array(12), [3, 4]), ShapeError, 'y: expected [4, 3], got [3, 4]'],
    ['flat', tensor(new Float32Array(12), [12]), ShapeError, 'y: expected [4, 3], got [12]'],
    ['of which one is a text', Array.from({ length: 12 }, (_, i) => (i === 5 ? '5' : i)), ArgumentError, 'y[5]: expected a number, got "5"; step takes the number of a class, not its name'],
    ['in lists', [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]], ArgumentError, 'y[0]: expected a number, got Array; tensor(y) makes a tensor of lists in lists'],
  ])('whose targets are numbers %s is refused', (_, target, type, message) => {
    const error = errorOf(() => trainer({ loss: mse() }).step({ x: images(4), y: target as never }));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(message);
  });

  it('may have targets as a list, an array, or with a dimension of 1 more', () => {
    const numbers = Float32Array.from([1, 0, -1, 2]);
    const losses = [numbers, Float64Array.from(numbers), [...numbers], tensor(numbers, [4]), tensor(numbers, [4, 1]), tensor(numbers, [4, 1, 1])]
      .map((target) => trainer({ loss: mse() }, net(1)).step({ x: images(4), y: target as never }).loss);
    expect(losses).toEqual(losses.map(() => losses[0]));
  });

  it('may come of another realm', () => {
    const foreign = runInNewContext('new Float32Array(64)') as Float32Array;
    expect(foreign).not.toBeInstanceOf(Float32Array);
    foreign.set(images(4).data);
    const targets = runInNewContext('new Uint8Array([0, 1, 2, 0])') as Uint8Array;
    expect(trainer().step({ x: { ...images(4), data: foreign }, y: targets }).loss).toBe(trainer().step({ x: images(4), y }).loss);
  });

  it('for probabilities without any is refused', () => {
    expect(errorOf(() => trainer({ loss: softCrossEntropy() }).step({ x: images(4), y: undefined as never })).message).toBe('y: expected class indices or a tensor, got undefined');
  });

  it('that makes the loss overflow changes nothing', () => {
    const of = trainer({ loss: mse() });
    of.step({ x: images(4), y: tensor(new Float32Array(12), [4, 3]) });
    const before = of.weights();
    const error = errorOf(() => of.step({ x: images(4), y: tensor(new Float32Array(12).fill(3e38), [4, 3]) }));
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toMatch(/^step 2: .* parameters are as before/);
    expect(of.weights()).toEqual(before);
    expect(of.steps).toBe(1);
  });
});

describe('data', () => {
  it('of a file that ends too early is refused', () => {
    const file = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5]);
    expect(errorOf(() => readIdx(file, 'images'))).toBeInstanceOf(FormatError);
  });

  it('in which a class is missing is refused before the first step', () => {
    const of = trainer();
    const few = fromArrays({ x: images(3), y: [0, 1, 1], classes: ['a', 'b', 'c'] });
    expect(errorOf(() => of.fit(few)).message).toMatch(/none of class 2 \(c\)/);
    expect(of.steps).toBe(0);
  });
});

describe('what is resumed', () => {
  const saved = (() => {
    const of = trainer();
    of.step({ x: images(4), y });
    return of.save();
  })();

  it.each([0, 7, 8, 200, saved.length - 1])('is whole, not %d bytes of a file', (length) => {
    expect(errorOf(() => trainer({ resume: saved.subarray(0, length) }))).toBeInstanceOf(FormatError);
  });

  it.each([
    ['of a network with another head', { graph: net(4) }, WeightsError, /^resume: 4.weight: expected \[4, 8\], got \[3, 8\]; it was saved of another network/],
    ['of a network with fewer layers', { graph: toGraph(stack([conv2d(1, 2, 3), flatten(), linear(8, 3)], { input: [null, 1, 4, 4] })) }, WeightsError, /^resume: expected 2.weight, got none; it was saved of another network/],
    ['of a network with more layers', { graph: toGraph(stack([conv2d(1, 2, 3)], { input: [null, 1, 4, 4] })), loss: mse() }, WeightsError, /^resume: expected parameters of the network, got 1.bias/],
    ['with another optimiser', { optimizer: rmsprop({ lr: 0.1 }) }, ArgumentError, /^resume: expected the state of rmsprop, got that of adam; take the optimiser/],
  ] as const)('is not %s', (_, { graph, ...options }: { graph?: ReturnType<typeof net>; loss?: TrainerOptions['loss']; optimizer?: TrainerOptions['optimizer'] }, type, message) => {
    const error = errorOf(() => trainer({ ...options, resume: saved }, graph));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
  });

  it('is not with other options of the optimiser, where these keep something else', () => {
    const of = trainer({ optimizer: sgd({ lr: 0.1, momentum: 0.9 }) });
    of.step({ x: images(4), y });
    expect(errorOf(() => trainer({ optimizer: sgd({ lr: 0.1 }), resume: of.save() })).message).toMatch(/^resume: optimizer 0.bias: expected 0 numbers, got 2/);
    expect(() => trainer({ optimizer: sgd({ lr: 0.5, momentum: 0.8 }), resume: of.save() })).not.toThrow();
  });

  it('may have more that learns than before', () => {
    const of = trainer({ trainable: (name) => name.startsWith('4.') });
    of.step({ x: images(4), y });
    const all = trainer({ resume: of.save() });
    expect(() => all.step({ x: images(4), y })).not.toThrow();
  });

  it('may give its weights alone to another trainer', () => {
    const of = trainer({ weights: saved, optimizer: sgd({ lr: 0.1 }) });
    expect(of.steps).toBe(0);
    expect(of.weights()).toEqual(trainer({ resume: saved }).weights());
  });
});

describe('options', () => {
  it.each([
    ['a seed below 0', { seed: -1 }, /seed: expected a whole number from 0 on, below 2\^64, got -1$/],
    ['half a seed', { seed: 0.5 }, /seed: expected a whole number .* got 0.5$/],
    ['a seed that is a text', { seed: '7' as never }, /seed: expected a whole number .* got "7"$/],
    ['a seed that is too large', { seed: 1n << 64n }, /seed: expected a whole number .* got 18446744073709551616$/],
    ['a limit below 0', { clip: -1 }, /clip: expected a number from 0 on, got -1$/],
    ['no function', { trainable: 'all' as never }, /trainable: expected a function/],
    ['weights that are none', { weights: 5 as never }, /^weights: expected tensors by name, or the bytes of a safetensors file, got number$/],
    ['an option that is none', { learningRate: 1 } as never, /expected an option it has, got learningRate/],
  ] as const)('%s', (_, options, message) => {
    const error = errorOf(() => trainer(options));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(message);
  });

  it('none at all', async () => {
    await expect(createTrainer(net(), undefined as never)).rejects.toThrow(/^createTrainer: options: expected loss and optimizer, got undefined$/);
    await expect(createTrainer(net(), null as never)).rejects.toThrow(/^createTrainer: expected an object of options \(.*, got null$/);
    await expect(vjp(net(), undefined as never)).rejects.toThrow(/^vjp: options: expected inputs and upstream, got undefined$/);
    expect(errorOf(() => new Trainer(openTrain('simd'), net(), undefined as never)).message).toBe('createTrainer: options: expected loss and optimizer, got undefined');
  });
});

describe('options of a call', () => {
  const batch = { x: images(4), y };

  it.each(['step', 'evaluate', 'gradients'] as const)('%s takes a signal and transfer, and no others', (call) => {
    const of = trainer();
    const before = of.save();
    expect(errorOf(() => of[call](batch, { signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    expect(errorOf(() => of[call](batch, { augment: {} } as never)).message).toBe(`${call}: expected an option it has, got augment; there are signal, transfer`);
    expect(errorOf(() => of[call](batch, { signal: 5 } as never)).message).toBe('signal: expected an AbortSignal, got 5; give controller.signal');
    expect(errorOf(() => of[call](batch, null as never)).message).toMatch(/^[a-z]+: expected an object of options/);
    expect(of.save()).toEqual(before);
    of[call](batch, { signal: new AbortController().signal, transfer: true });
    expect(batch.x.data.length).toBe(64);
    expect(of.steps).toBe(call === 'step' ? 1 : 0);
  });
});

describe('weights', () => {
  const given = trainer({ seed: 9 }).weights();
  const byName = Object.fromEntries(given.map(({ name, shape, bytes }) => [name, tensor(new Float32Array(bytes.slice().buffer), shape)]));
  const file = trainer({ seed: 9 }).save();
  const none = 'weights: expected tensors by name, or the bytes of a safetensors file, got';

  it.each([
    ['a Blob', new Blob([file as Uint8Array<ArrayBuffer>]), `${none} Blob`],
    ['a promise', Promise.resolve(file), `${none} Promise; await it`],
    ['an address', new URL('file:///model.safetensors'), `${none} URL`],
    ['a view', new DataView(file.buffer), `${none} DataView`],
    ['an array of numbers', new Float32Array(4), `${none} Float32Array`],
    ['a date', new Date(0), `${none} Date`],
    ['a text', 'model.safetensors', `${none} string`],
    ['a tensor', images(1), `${none} Object`],
    ['nothing by name', {}, 'weights: expected names such as 0.weight, got no tensor; leave the option out to begin at random'],
    ['an empty list', [], 'weights: expected names such as 0.weight, got no tensor; leave the option out to begin at random'],
    ['a list of others', [5], 'weights: expected tensors with name, dtype, shape and bytes, got 5'],
    ['names with a prefix', given.map((stored) => ({ ...stored, name: `module.${stored.name}` })), 'weights: expected names such as 0.weight, got module.0.weight; none of the names is a parameter of the network'],
    ['a tensor too short', { '0.weight': { ...byName['0.weight'], data: new Float32Array(17) } }, 'weights.0.weight: expected data of 18 elements, as the shape [2, 1, 3, 3] has, got 17'],
    ['bytes too few', given.map((stored, i) => (i === 0 ? { ...stored, bytes: stored.bytes.slice(4) } : stored)), '0.weight: expected 72 bytes, as F32 of the shape [2, 1, 3, 3] has, got 68'],
    ['a type that is none', given.map((stored, i) => (i === 0 ? { ...stored, dtype: 'float32' } : stored)), '0.weight: expected F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got "float32"'],
  ])('that are %s are refused, partial or not', (_, weights, message) => {
    for (const partial of [true, false]) expect(errorOf(() => trainer({ weights: weights as never, partial })).message).toBe(message);
  });

  it('that were handed over are refused', () => {
    const bytes = file.slice();
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect(errorOf(() => trainer({ weights: bytes, partial: true })).message).toMatch(/^weights: expected a buffer with its bytes, got a detached one, which was transferred before/);
  });

  it.each([
    ['bytes', file], ['a buffer', file.slice().buffer], ['bytes of another realm', runInNewContext('Uint8Array.from(bytes)', { bytes: [...file] }) as Uint8Array],
    ['a list', given], ['what is gone through once', (function* () { yield* given; })()], ['tensors by name', byName], ['names without a prototype', Object.assign(Object.create(null) as object, byName)],
  ])('that are %s are taken', (_, weights) => {
    expect(trainer({ weights: weights as never }).weights()).toEqual(given);
  });

  it('of a head of another shape say which parameter', () => {
    const error = errorOf(() => trainer({ weights: given, partial: true }, net(4)));
    expect(error).toBeInstanceOf(WeightsError);
    expect(error.message).toBe('weights: 4.weight: expected [4, 8], got [3, 8]; with partial: true it may be left out of weights, and begins at random');
  });

  it.each([
    ['too short', { ...byName['0.weight']!, data: new Float32Array(17) }, ShapeError, 'weights.0.weight: expected data of 18 elements, as the shape [2, 1, 3, 3] has, got 17'],
    ['a list', { ...byName['0.weight']!, data: [...byName['0.weight']!.data] }, DtypeError, 'weights.0.weight: expected float32 (a Float32Array), got Array; tensor(data, shape) makes one of a list of numbers'],
  ])('of a vjp that are %s are refused', (_, odd, type, message) => {
    const call = (): unknown => vjpOn(openTrain('simd'), net(), { weights: { ...byName, '0.weight': odd as Tensor }, inputs: images(4), upstream: tensor(new Float32Array(12), [4, 3]) });
    expect(call).toThrow(type);
    expect(errorOf(call).message).toBe(message);
  });

  it('as a list are what `load` takes', async () => {
    const of = new Trainer(openTrain('simd'), net(), { loss: crossEntropy(), optimizer: sgd({ lr: 1 }), weights: given }, openModel);
    const [listed, made] = [await openModel(net(), { weights: of.weights() }), await of.model()];
    expect(listed.run(images(4))).toEqual(made.run(images(4)));
    const caught = await openModel(net(), { weights: [{ ...given[0]!, bytes: new Uint8Array(4) }] }).catch((error: unknown) => error);
    expect(caught).toMatchObject({ code: 'weights', message: '0.weight: expected 72 bytes, as F32 of the shape [2, 1, 3, 3] has, got 4' });
    await expect(openModel(net(), { weights: [5 as never] })).rejects.toThrow(/^weights: expected stored tensors, got 5$/);
  });
});
