import * as inference from '../../contract/steps.js';
import type { TrainRule } from '../../graph/rule.js';
import { broadcastStrides } from '../binary.js';
import { operandsBackward } from '../binary-grad.js';
import { physicalShape } from '../layout.js';
import { layerScaleOp } from './op.js';
import type { LayerScaleAttrs } from './op.js';

/** That of a product: dx = dy * scale, and each factor's is the sum of dy * x over its channel. */
export const layerScaleRule: TrainRule<LayerScaleAttrs> = {
  op: layerScaleOp,
  init: ({ initial }) => ({ scale: { kind: 'constant', value: initial } }),
  forward(_, context) {
    const [x, y, scale] = [context.input(0), context.output(), context.param('scale')];
    const strides = { aStrides: broadcastStrides(x, y), bStrides: broadcastStrides(scale, y) };
    context.step(inference.binary({ a: x.id, b: scale.id, y: y.id, op: 'mul', dims: physicalShape(y), ...strides }));
    return [];
  },
  backward: (_, context, dy) => operandsBackward('mul', context, [context.input(0), context.param('scale')], dy),
};
