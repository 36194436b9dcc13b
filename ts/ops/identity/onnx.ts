import { typed } from '../../onnx/form/lowering.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { identityOp } from './op.js';

const identity: Lowering = (context) => [context.apply(identityOp({ name: 'identity' }), [context.value(0)])];

const dropout: Lowering = (context) => (context.has(2) ? undefined : identity(context));

/** Numbers of this type in ONNX. */
const FLOAT = 1;

/** What is a float in the engine already. */
const cast: Lowering = (context) => (context.attributes.int('to') === FLOAT ? identity(context) : undefined);

export const identityLowerings: Lowerings = { Cast: typed(cast, { others: { 0: ['bool'] }, result: 'float32' }), Dropout: dropout, Identity: identity };
