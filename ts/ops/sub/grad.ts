import type { TrainRule } from '../../graph/rule.js';
import { binaryBackward } from '../binary-grad.js';
import type { BinaryAttrs } from '../binary.js';
import { subOp } from './op.js';

export const subRule: TrainRule<BinaryAttrs> = { op: subOp, backward: (_, context, dy) => binaryBackward('sub', context, dy) };
