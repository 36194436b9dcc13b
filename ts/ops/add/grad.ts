import type { TrainRule } from '../../graph/rule.js';
import { addOp } from './op.js';
import { binaryBackward } from '../binary-grad.js';
import type { BinaryAttrs } from '../binary.js';

export const addRule: TrainRule<BinaryAttrs> = { op: addOp, backward: (_, context, dy) => binaryBackward('add', context, dy) };
