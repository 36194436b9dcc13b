import type { TrainRule } from '../../graph/rule.js';
import { reshaped } from '../flatten/grad.js';
import { mapLayoutOp } from './op.js';
import type { MapLayoutAttrs } from './op.js';

/** What is channels-last in memory on one side is row-major on the other: the same elements. */
export const mapLayoutRule: TrainRule<MapLayoutAttrs> = { op: mapLayoutOp, backward: reshaped };
