import { fromEnd, broadcast, broadcastStrides } from '../../../tensor/shape.js';
import { UnsupportedError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers, OnnxDtype } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { walk } from '../lib/walk.js';
import { isFloat, rounded, wrapped } from '../lib/types.js';
import { LARGEST_FLOAT } from '../../form/types.js';

/** Each element of the first input on its own. */
function unary(f: (x: number, context: HostContext) => number): Compute {
  return (context) => {
    const x = required(context, 0);
    const data = allocate(x.dtype, x.data.length);
    for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!, context);
    return [rounded({ dtype: x.dtype, shape: x.shape, data })];
  };
}

/** A function of pairs with broadcasting; results of the inputs' type, or bool. */
export function combine(
  a: HostTensor,
  b: HostTensor,
  dtype: OnnxDtype,
  f: (x: number, y: number) => number,
): HostTensor {
  const shape = broadcast(a.shape, b.shape);
  const data = allocate(dtype, size(shape));
  if (a.data.length === data.length && b.data.length === data.length) {
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[i]!, b.data[i]!);
  } else {
    const strides = [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)];
    walk(shape, strides, (i, [p, q]) => (data[i] = f(a.data[p!]!, b.data[q!]!)));
  }
  return { dtype, shape, data };
}

/** Before opset 7 the second operand was aligned to `axis` of the first, if it said so. */
function secondOperand(context: HostContext): HostTensor {
  const [a, b] = [required(context, 0), required(context, 1)];
  if (context.opset >= 7 || !context.attributes.has('axis')) return b;
  const axis = context.attributes.int('axis');
  const behind = a.shape.length - fromEnd(axis, a.shape.length) - b.shape.length;
  return { ...b, shape: [...b.shape, ...new Array<number>(Math.max(0, behind)).fill(1)] };
}

function arithmetic(f: (x: number, y: number, dtype: OnnxDtype) => number): Compute {
  return (context) => {
    const [a, b] = [required(context, 0), secondOperand(context)];
    return [rounded(combine(a, b, a.dtype, (x, y) => wrapped(a.dtype, f(x, y, a.dtype))))];
  };
}

function comparison(f: (x: number, y: number) => boolean): Compute {
  return (context) => [combine(required(context, 0), secondOperand(context), 'bool', (x, y) => (f(x, y) ? 1 : 0))];
}

/** Several operands, taken two by two from the left. */
function variadic(f: (x: number, y: number) => number): Compute {
  return (context) => {
    const first = required(context, 0);
    const rest = context.inputs.slice(1).map((_, i) => required(context, i + 1));
    return [rounded(rest.reduce((sum, next) => combine(sum, next, sum.dtype, f), first))];
  };
}

function divide(x: number, y: number, dtype: OnnxDtype): number {
  if (isFloat(dtype)) return x / y;
  if (y === 0) wrong(undefined, 'an integer divided by another number than 0', `${x} / 0`, { as: UnsupportedError });
  return Math.trunc(x / y);
}

/** With `fmod` the sign of the dividend, without that of the divisor. */
const mod: Compute = (context) => {
  const fmod = context.attributes.int('fmod', 0) !== 0;
  const f = (x: number, y: number): number => {
    const rest = x % y;
    if (fmod) return rest;
    // Zero has the divisor's sign, too.
    if (rest === 0) return y < 0 ? -0 : 0;
    return Math.sign(rest) === Math.sign(y) ? rest : rest + y;
  };
  const [a, b] = [required(context, 0), required(context, 1)];
  return [rounded(combine(a, b, a.dtype, f))];
};

/** To nearest, ties to even. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Abramowitz and Stegun have five digits; this is the series and continued fraction to double precision. */
export function erf(x: number): number {
  const t = Math.abs(x);
  if (t < 2.5) {
    let [sum, term] = [t, t];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-t * t) / n;
      sum += term / (2 * n + 1);
      if (n > 200) break;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * sum || 0 * x;
  }
  if (t > 6) return Math.sign(x);
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (t + fraction);
  return Math.sign(x) * (1 - Math.exp(-t * t) / (Math.sqrt(Math.PI) * (t + fraction)));
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));
const gelu = (x: number, { attributes }: HostContext): number =>
  attributes.string('approximate', 'none') === 'tanh'
    ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    : 0.5 * x * (1 + erf(x / Math.SQRT2));

/** The largest finite numbers: the bounds of a Clip that has none, which infinities do not pass. */
const LARGEST: Readonly<Partial<Record<OnnxDtype, number>>> = { float32: LARGEST_FLOAT, float64: Number.MAX_VALUE, float16: 65504 };

/** Values between two bounds, which were attributes before opset 11. A bound that is NaN is none. */
const clip: Compute = (context) => {
  const x = required(context, 0);
  const bound = (name: string, index: number, otherwise: number): number =>
    context.inputs[index]?.data[0] ?? context.attributes.float(name, otherwise);
  const most = LARGEST[x.dtype] ?? Infinity;
  const [min, max] = [bound('min', 1, -most), bound('max', 2, most)];
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = x.data[i]!;
    const low = value < min ? min : value;
    data[i] = low > max ? max : low;
  }
  return [rounded({ ...x, data })];
};

const where: Compute = (context) => {
  const [condition, a, b] = [required(context, 0), required(context, 1), required(context, 2)];
  const shape = broadcast(condition.shape, a.shape, b.shape);
  const data: Numbers = allocate(a.dtype, size(shape));
  const strides = [condition, a, b].map((operand) => broadcastStrides(operand.shape, shape));
  walk(shape, strides, (i, [c, p, q]) => (data[i] = condition.data[c!] !== 0 ? a.data[p!]! : b.data[q!]!));
  return [{ dtype: a.dtype, shape, data }];
};

const prelu: Compute = (context) => {
  const [x, slope] = [required(context, 0), required(context, 1)];
  // Before opset 7 a slope for each channel stood without its 1s.
  const perChannel = context.opset < 7 && slope.shape.length === 1 && x.shape.length > 2 && slope.shape[0] === x.shape[1];
  const aligned = perChannel ? { ...slope, shape: [...slope.shape, ...x.shape.slice(2).map(() => 1)] } : slope;
  return [rounded(combine(x, aligned, x.dtype, (value, s) => (value < 0 ? wrapped(x.dtype, value * s) : value)))];
};

function isNumber(f: (x: number, context: HostContext) => boolean): Compute {
  return (context) => {
    const x = required(context, 0);
    return [{ dtype: 'bool', shape: x.shape, data: Uint8Array.from(x.data, (value) => (f(value, context) ? 1 : 0)) }];
  };
}

const mean: Compute = (context) => {
  const [sum] = variadic((x, y) => x + y)(context) as readonly [HostTensor];
  return [rounded({ ...sum, data: sum.data.map((x) => x / context.inputs.length) })];
};

function bits(f: (x: bigint, y: bigint) => bigint): Compute {
  return (context) => {
    const [a, b] = [required(context, 0), required(context, 1)];
    return [combine(a, b, a.dtype, (x, y) => wrapped(a.dtype, Number(f(BigInt(x), BigInt(y)))))];
  };
}

/** Minimum and maximum: NaN if either is. */
export const elementwiseOps: HostOps = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos),
  Acosh: unary(Math.acosh),
  Add: arithmetic((x, y) => x + y),
  And: comparison((x, y) => x !== 0 && y !== 0),
  Asin: unary(Math.asin),
  Asinh: unary(Math.asinh),
  Atan: unary(Math.atan),
  Atanh: unary(Math.atanh),
  BitShift: (context) =>
    bits(context.attributes.string('direction') === 'LEFT' ? (x, y) => x << y : (x, y) => x >> y)(context),
  BitwiseAnd: bits((x, y) => x & y),
  BitwiseNot: unary((x) => -1 - x),
  BitwiseOr: bits((x, y) => x | y),
  BitwiseXor: bits((x, y) => x ^ y),
  Ceil: unary(Math.ceil),
  Celu: unary((x, { attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  }),
  Clip: clip,
  Cos: unary(Math.cos),
  Cosh: unary(Math.cosh),
  Div: arithmetic(divide),
  Elu: unary((x, { attributes }) => (x < 0 ? attributes.float('alpha', 1) * Math.expm1(x) : x)),
  Equal: comparison((x, y) => x === y),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Gelu: unary(gelu),
  Greater: comparison((x, y) => x > y),
  GreaterOrEqual: comparison((x, y) => x >= y),
  HardSigmoid: unary((x, { attributes }) =>
    Math.max(0, Math.min(1, attributes.float('alpha', 0.2) * x + attributes.float('beta', 0.5))),
  ),
  HardSwish: unary((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  IsInf: isNumber(
    (x, { attributes }) =>
      (x === Infinity && attributes.int('detect_positive', 1) !== 0) ||
      (x === -Infinity && attributes.int('detect_negative', 1) !== 0),
  ),
  IsNaN: isNumber((x) => Number.isNaN(x)),
  LeakyRelu: unary((x, { attributes }) => (x < 0 ? attributes.float('alpha', 0.01) * x : x)),
  Less: comparison((x, y) => x < y),
  LessOrEqual: comparison((x, y) => x <= y),
  Log: unary(Math.log),
  Max: variadic(Math.max),
  Mean: mean,
  Min: variadic(Math.min),
  Mish: unary((x) => x * Math.tanh(softplus(x))),
  Mod: mod,
  Mul: arithmetic((x, y) => x * y),
  Neg: unary((x) => -x),
  Not: isNumber((x) => x === 0),
  Or: comparison((x, y) => x !== 0 || y !== 0),
  PRelu: prelu,
  Pow: arithmetic((x, y) => x ** y),
  Reciprocal: unary((x) => 1 / x),
  Relu: unary((x) => (x < 0 ? 0 : x)),
  Round: unary(roundEven),
  Selu: unary((x, { attributes }) => {
    const [alpha, gamma] = [attributes.float('alpha', 1.67326319217681884765625), attributes.float('gamma', 1.05070102214813232421875)];
    return gamma * (x > 0 ? x : alpha * Math.expm1(x));
  }),
  Shrink: unary((x, { attributes }) => {
    const [bias, lambda] = [attributes.float('bias', 0), attributes.float('lambd', 0.5)];
    return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
  }),
  Sigmoid: unary(sigmoid),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Sinh: unary(Math.sinh),
  Softplus: unary(softplus),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Sqrt: unary(Math.sqrt),
  Sub: arithmetic((x, y) => x - y),
  Sum: variadic((x, y) => x + y),
  Swish: unary((x, { attributes }) => x * sigmoid(attributes.float('alpha', 1) * x)),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),
  ThresholdedRelu: unary((x, { attributes }) => (x > attributes.float('alpha', 1) ? x : 0)),
  Where: where,
  Xor: comparison((x, y) => (x !== 0) !== (y !== 0)),
};
