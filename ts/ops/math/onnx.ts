import type { MathFunction } from '../../contract/words.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { mathOp } from './op.js';

const math = (name: MathFunction): Lowering => (context) => [context.apply(mathOp({ function: name }), [context.value(0)])];

export const mathLowerings: Lowerings = {
  Abs: math('abs'),
  Ceil: math('ceil'),
  Erf: math('erf'),
  Exp: math('exp'),
  Floor: math('floor'),
  Log: math('log'),
  Neg: math('neg'),
  Reciprocal: math('reciprocal'),
  Round: math('round'),
  Sign: math('sign'),
  Sqrt: math('sqrt'),
};
