import * as steps from '../../contract/steps.js';
import { defineOp } from '../../graph/op.js';
import { broadcastStrides } from '../binary.js';
import { finite, mapOfChannels, whole } from '../common.js';
import { ALIKE, physicalShape } from '../layout.js';

export type LayerScaleAttrs = {
  readonly channels: number;
  /** What every factor begins with. */
  readonly initial: number;
};

/** A learnt factor for each channel (Touvron et al. 2021, arXiv 2103.17239). */
export const layerScaleOp = defineOp<LayerScaleAttrs>('LayerScale', ({ channels, initial }) => {
  whole('channels', channels, 1);
  finite('initial', initial);
  const shape = [channels, 1, 1];
  return {
    params: [{ role: 'scale', shape, bare: true }],
    infer: (inputs) => [mapOfChannels(inputs, channels)],
    layouts: ALIKE,
    emit(context) {
      const [x, y] = [context.input(0), context.output()];
      const strides = { aStrides: broadcastStrides(x, y), bStrides: broadcastStrides({ shape, layout: 'plain' }, y) };
      context.step(steps.binary({ a: x.id, b: context.constant('scale'), y: y.id, op: 'mul', dims: physicalShape(y), ...strides }));
    },
  };
});
