import type { TrainRule } from '../../graph/rule.js';
import { binaryBackward } from '../binary-grad.js';
import type { BinaryAttrs } from '../binary.js';
import { divOp } from './op.js';

export const divRule: TrainRule<BinaryAttrs> = { op: divOp, backward: (_, context, dy) => binaryBackward('div', context, dy) };
