import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { identityOp } from './op.js';

const identity: Lowering = (context) => [context.apply(identityOp({ name: 'identity' }), [context.value(0)])];

const dropout: Lowering = (context) => (context.has(2) ? undefined : identity(context));

export const identityLowerings: Lowerings = { Dropout: dropout, Identity: identity };
