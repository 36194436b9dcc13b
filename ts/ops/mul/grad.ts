import type { TrainRule } from '../../graph/rule.js';
import { binaryBackward } from '../binary-grad.js';
import type { BinaryAttrs } from '../binary.js';
import { mulOp } from './op.js';

export const mulRule: TrainRule<BinaryAttrs> = { op: mulOp, backward: (_, context, dy) => binaryBackward('mul', context, dy) };
