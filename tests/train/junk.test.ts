/** Anything given to what trains: it works, or says in an error with a code and a place what is wrong, and changes nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, convTranspose2d, dropout, flatten, globalAvgPool2d, graph, input, linear, maxPool2d, pad, relu, sequential, toGraph, upsample } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { augment } from '../../ts/train/data/augment.js';
import { applyAugmentation } from '../../ts/train/data/apply.js';
import { seededRandom } from '../../ts/train/data/random.js';
import type { Losses } from '../../ts/train/loss.js';
import * as losses from '../../ts/train/losses.js';
import * as optimizers from '../../ts/train/optimizers.js';
import * as schedules from '../../ts/train/schedules.js';
import { checkTrainerOptions } from '../../ts/train/setup.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { openTrain } from '../support/train.js';

type Any = (...args: readonly unknown[]) => unknown;

const cyclic: unknown[] = [];
cyclic.push(cyclic, [cyclic]);

const JUNK: readonly unknown[] = [
  undefined, null, true, false, 0, 1, 2, -1, 1.5, -0, Number.NaN, Infinity, -Infinity, 1e99, 1e-99, 2 ** 53, 5n, -5n, 1n << 70n, '', 'x', '1', 'constructor', '__proto__',
  Symbol('s'), {}, Object.create(null), [], [[]], [null], [1], [0.9, 0.999], [0.5, 1], [2, 'x'], [Number.NaN], [1, 2, 3], cyclic, { lr: 1 }, { kind: 'crossEntropy' },
  { kind: 'nothing' }, { update: { kind: 'nothing' } }, { update: 5, lr: 1 }, { shape: [1], data: [1] }, { dtype: 'float32', shape: [2], data: 5 }, { length: 3 }, { length: -1 }, () => undefined,
  () => Number.NaN, () => 'x', new Float32Array(3), new Float64Array([Number.NaN, 1]), new Uint8Array(4), new BigInt64Array(2), new ArrayBuffer(4), new Map([[1, 2]]), new Set([1]), new Date(0), /x/,
];

const shown = (value: unknown): string => {
  try {
    return fc.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
};

/** Calls it: what it throws is an error of the library that names a place. Answers whether it went well. */
function attempt(name: string, call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof ReceptiveError && error.message !== '' && error.place !== undefined && error.place !== '') return false;
    const place = error instanceof ReceptiveError ? ` with the place ${shown(error.place)}` : '';
    throw new Error(`${name} threw ${String(error)}${place}`, { cause: error });
  }
}

const callable = (exported: object): [string, Any][] => Object.entries(exported).filter((entry): entry is [string, Any] => typeof entry[1] === 'function');
/** What is for users. */
const { stateSlots: _, ...makers } = optimizers;
const { rateAt: __, ...rates } = schedules;
const FACTORIES = [...callable(losses), ...callable(makers), ...callable(rates), ...callable({ augment, seededRandom })];

const OPTIONS = [
  'output', 'weight', 'labelSmoothing', 'classWeights', 'ignoreIndex', 'posWeight', 'beta', 'delta', 'alpha', 'gamma', 'smooth', 'lr', 'weightDecay', 'decayAll', 'momentum', 'dampening', 'nesterov',
  'betas', 'eps', 'centered', 'every', 'steps', 'warmup', 'start', 'min', 'end', 'rise', 'divide', 'finalDivide', 'shift', 'rotate', 'scale', 'shear', 'flip', 'crop', 'fill', 'erase', 'brightness',
  'contrast', 'mixup', 'kind', 'form', 'dim', 'divisor', 'weighted', 'target', 'weights', 'nothing',
];

describe('what makes losses, optimisers, schedules and augmentations', () => {
  /** What must be given: each maker takes one of these. */
  const NEEDED: readonly (readonly unknown[])[] = [[{}], [{ lr: 0.1 }], [0.1, { steps: 10 }], [0.1, { every: 2 }], [0.1], [1]];
  test.each(FACTORIES)('%s', (name, call) => {
    for (const first of JUNK) {
      attempt(`${name}(${shown(first)})`, () => call(first));
      attempt(`${name}(0.1, ${shown(first)})`, () => call(0.1, first));
    }
    const needed = NEEDED.find((args) => attempt(name, () => call(...args)))!;
    for (const option of OPTIONS) for (const junk of JUNK) {
      const args = needed.map((arg) => (typeof arg === 'object' ? { ...arg, [option]: junk } : arg));
      attempt(`${name}(${shown(args)})`, () => call(...args));
    }
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...JUNK), fc.anything()), { maxLength: 3 }), (args) => void attempt(`${name}(${shown(args)})`, () => call(...args))), { numRuns: 100, seed: 1 });
  });
});

test.each<readonly [() => unknown, string, string]>([
  [() => losses.mse({ weight: 5n as never }), 'mse: weight', 'mse: weight: expected a number from 0 on, got bigint'],
  [() => losses.mse({ output: 5 as never }), 'mse: output', 'mse: output: expected the name of an output, got 5'],
  [() => losses.crossEntropy({ classWeights: [] }), 'crossEntropy: classWeights', 'crossEntropy: classWeights: expected a weight for each class, got Array'],
  [() => (optimizers.sgd as Any)(), 'sgd: lr', 'sgd: lr: expected a number or a schedule, got none'],
  [() => optimizers.adam({ lr: 1, betas: [0.9] as never }), 'adam: betas', 'adam: betas: expected two numbers from 0 to below 1, got Array'],
  [() => schedules.stepDecay(1, { every: 2, gamma: -1 }), 'stepDecay: gamma', 'stepDecay: gamma: expected a number from 0 on, got -1'],
  [() => schedules.cosine(1, { steps: 9, start: Number.NaN }), 'cosine: start', 'cosine: start: expected a number from 0 on, got NaN'],
  [() => schedules.linearRamp(1, { steps: 9, end: -1 }), 'linearRamp: end', 'linearRamp: end: expected a number from 0 on, got -1'],
  [() => schedules.oneCycle(1, { steps: 9, rise: 2 }), 'oneCycle: rise', 'oneCycle: rise: expected a number from 0 to 1, got 2'],
  [() => schedules.oneCycle(1, { steps: 9, divide: 0 }), 'oneCycle: divide', 'oneCycle: divide: expected a number above 0, got 0'],
  [() => made(undefined), 'createTrainer: options', 'createTrainer: options: expected loss and optimizer, got undefined'],
  [() => made({ ...GOOD, optimizer: { lr: 1, update: 5 } }), 'createTrainer: optimizer', 'createTrainer: optimizer: expected an optimiser such as adamw({ lr: 1e-3 }), got Object'],
  [() => made({ ...GOOD, trainable: 'net' }), 'createTrainer: trainable', 'createTrainer: trainable: expected a function that tells by the name of a parameter, got "net"'],
  [() => made({ ...GOOD, resume: 'file' }), 'createTrainer: resume', 'createTrainer: resume: expected the bytes of a checkpoint, got "file"'],
  [() => made({ ...GOOD, weights: true }), 'weights', 'weights: expected tensors by name, or the bytes of a safetensors file, got boolean'],
  [() => made(GOOD, toGraph(sequential([conv2d(1 << 15, 1 << 15, 1)], { name: 'large' }))), 'large.0.weight', 'large.0.weight: engine: 1073741824 numbers do not fit into memory'],
  [() => applyAugmentation(augment({}), undefined as never, seededRandom(1), 0), 'augment', 'augment: expected a batch { x, y } whose x is float32, got undefined'],
])('%#', (call, place, message) => {
  expect(call).toThrow(ReceptiveError);
  expect(call).toThrow(expect.objectContaining({ place, message }) as Error);
});

const net = () => {
  const x = input([null, 2, null, null]);
  return graph({ x }, { y: sequential([conv2d(2, 3, 3), batchNorm2d(3), relu(), maxPool2d(2), dropout(0.2), globalAvgPool2d(), flatten(), linear(3, 3)], { name: 'net' })(x) });
};
const GOOD: TrainerOptions = { loss: losses.crossEntropy(), optimizer: optimizers.adam({ lr: 0.01 }), seed: 3 };
const X = tensor(Float32Array.from({ length: 4 * 2 * 36 }, (_, i) => Math.sin(i)), [4, 2, 6, 6]);
const Y = [0, 1, 2, 1];
const engine = openTrain('simd');

function made(options: unknown, network: unknown = net()): Trainer {
  checkTrainerOptions(options as TrainerOptions);
  return new Trainer(engine, network as ReturnType<typeof net>, options as TrainerOptions);
}

describe('a trainer', () => {
  test.each(['loss', 'optimizer', 'clip', 'seed', 'weights', 'partial', 'trainable', 'resume', 'skipNonFinite', 'nothing'])('made with anything as %s', (option) => {
    fc.assert(fc.property(fc.oneof(fc.constantFrom(...JUNK), fc.anything()), (junk) => {
      attempt(`${option}: ${shown(junk)}`, () => {
        using trainer = made({ ...GOOD, [option]: junk });
        const { loss } = trainer.step({ x: X, y: Y });
        expect(loss).toSatisfy(Number.isFinite);
      });
    }), { numRuns: 150, seed: 1, examples: JUNK.map((junk) => [junk]) });
  });

  test('made with options that are none', () => {
    for (const junk of JUNK) attempt(shown(junk), () => made(junk).dispose());
  });
});

const MAYBE = fc.oneof(fc.constantFrom(...JUNK), fc.anything());
const DIMS = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 });
/** Tensors of any shape and type, most of them of the wrong one. */
const TENSOR = fc.tuple(DIMS, fc.constantFrom('float32', 'float64', 'int32', 'uint8', 'int64'), fc.constantFrom(0, 1, -1, 3, 0.5, Number.NaN, Infinity)).map(([shape, dtype, fill]) => {
  const kinds = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;
  const length = shape.reduce((a, b) => a * b, 1);
  const data = dtype === 'int64' ? new BigInt64Array(length) : new kinds[dtype](length).fill(fill);
  return { dtype, shape, data };
});
const LABELS = fc.oneof(fc.array(fc.oneof(fc.integer({ min: -2, max: 4 }), fc.double(), MAYBE), { maxLength: 6 }), fc.uint8Array({ maxLength: 5 }));

const SPREAD = tensor(new Float32Array(12).fill(0.5), [4, 3]);
const FITTING: Readonly<Record<string, unknown>> = { crossEntropy: Y, weighted: Y, softCrossEntropy: SPREAD, mse: SPREAD, bce: SPREAD, several: [Y, SPREAD] };

describe('a batch of anything', () => {
  const KINDS: Readonly<Record<string, Losses>> = {
    crossEntropy: losses.crossEntropy(), weighted: losses.crossEntropy({ classWeights: [1, 2, 1] }), softCrossEntropy: losses.softCrossEntropy(), mse: losses.mse(), bce: losses.bceWithLogits(),
    several: [losses.crossEntropy(), losses.dice()],
  };
  test.each(Object.keys(KINDS))('for the loss %s changes nothing unless it fits', (kind) => {
    using trainer = made({ ...GOOD, loss: KINDS[kind]! });
    // The weights of classes are kept from the first program on.
    trainer.evaluate({ x: X, y: FITTING[kind] as never });
    let before = trainer.save();
    const batch = fc.record({ x: fc.oneof(fc.constant(X), TENSOR, MAYBE, fc.record({ x: fc.oneof(TENSOR, MAYBE) })), y: fc.oneof(fc.constant(FITTING[kind]), LABELS, TENSOR, MAYBE, fc.array(fc.oneof(LABELS, TENSOR), { maxLength: 3 })) });
    fc.assert(fc.property(fc.oneof({ weight: 8, arbitrary: batch }, { weight: 1, arbitrary: MAYBE as fc.Arbitrary<never> }), fc.constantFrom('step', 'evaluate', 'gradients'), (given, method) => {
      const fine = attempt(`${method}(${shown(given)})`, () => {
        const told = trainer[method](given as never);
        if ('loss' in told) expect(told.loss).toSatisfy(Number.isFinite);
      });
      const after = trainer.save();
      if (!fine || method !== 'step') expect(Buffer.compare(after, before)).toBe(0);
      before = after;
    }), { numRuns: 300, seed: 1 });
  });
});

describe('geometries that cannot be', () => {
  const LAYERS: Readonly<Record<string, (dice: readonly number[]) => Layer>> = {
    conv2d: ([a, b, c, d, e]) => conv2d(2, a!, [b!, c!], { stride: d!, dilation: e!, padding: [a!, 0, b!, c!] }),
    grouped: ([a, b, c]) => conv2d(2, a!, b!, { groups: c! }),
    convTranspose2d: ([a, b, c, d, e]) => convTranspose2d(2, a!, b!, { stride: c!, padding: d!, outputPadding: e! }),
    maxPool2d: ([a, b, c, d]) => maxPool2d(a!, { stride: b!, padding: c!, dilation: d!, ceilMode: a! > 2 }),
    pad: ([a, b, c, d, e]) => pad([a!, b!, c!, d!], { mode: (['reflect', 'circular', 'replicate', 'constant'] as const)[e! & 3]! }),
    upsample: ([a, b, c]) => upsample(c! > 2 ? { size: [a!, b!] } : { scaleFactor: [a! / 2, b! / 2], mode: 'bilinear' }),
    batchNorm2d: ([a]) => batchNorm2d(a!),
    dropout: ([a, b]) => dropout(a! / b!),
  };
  test.each(Object.keys(LAYERS))('%s', (name) => {
    /** Refused, and trained. */
    const counts: [number, number] = [0, 0];
    const numbers = fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) }, { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 7, 1e9, 2 ** 31, Number.NaN) }), { minLength: 5, maxLength: 5 });
    fc.assert(fc.property(numbers, fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), (dice, [n, h, w]) => {
      let ran = '';
      attempt(`${name} of ${dice.join()} at [${n}, 2, ${h}, ${w}]`, () => {
        const x = input([null, 2, null, null]);
        const y = sequential([conv2d(2, 2, 1), LAYERS[name]!(dice), globalAvgPool2d(), flatten()], { name: 'net' })(x);
        using trainer = new Trainer(engine, graph({ x }, { y }), GOOD);
        const state = (): string => `${trainer.steps} ${trainer.weights().map(({ bytes }) => Buffer.from(bytes).toString('base64')).join()}`;
        const before = state();
        const batch = { x: tensor(Float32Array.from({ length: n * 2 * h * w }, (_, i) => Math.cos(i)), [n, 2, h, w]), y: new Array<number>(n).fill(0) };
        if (attempt(`a step of ${name} of ${dice.join()} at [${n}, 2, ${h}, ${w}]`, () => expect(trainer.step(batch).loss).toSatisfy(Number.isFinite))) ran = 'ran';
        else expect(state()).toBe(before);
      });
      counts[ran ? 1 : 0]++;
    }), { numRuns: 150, seed: 1 });
    expect(Math.min(...counts)).toBeGreaterThan(3);
  });
});

test('augmenting anything', () => {
  const random = seededRandom(1);
  fc.assert(fc.property(fc.oneof(TENSOR, MAYBE), fc.oneof(LABELS, TENSOR, MAYBE), (x, y) => {
    attempt(shown([x, y]), () => applyAugmentation(augment({ shift: 1, flip: 'both', mixup: 0.2, crop: { size: 3 } }), { x, y } as never, random, 0));
  }), { numRuns: 300, seed: 1 });
});
