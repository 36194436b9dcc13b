/** A network with everything that an engine may want of it. */
import { toOnnx } from './formats/onnx.mjs';
import { mergePads } from './formats/pads.mjs';
import { buildNet } from './nets.mjs';
import { inputOf, weightsOf } from './weights.mjs';

/** @param models - the model builders of this library */
export function prepareNet(models, name, batch) {
  const net = buildNet(models, name, batch);
  const weights = weightsOf(net.graph);
  const rivalGraph = mergePads(net.graph);
  const written = new Map();
  return {
    ...net,
    weights,
    weightBytes: Object.values(weights).reduce((sum, { data }) => sum + data.byteLength, 0),
    input: inputOf(net.inputShape),
    outputShapes: net.graph.outputs.map(({ value }) => net.graph.values[value].shape),
    rivalGraph,
    /** The network as ONNX; written once and shared, until `forget`. */
    onnx(external) {
      if (!written.has(external)) written.set(external, toOnnx(rivalGraph, weights, { external }));
      return written.get(external);
    },
    forget: () => written.clear(),
  };
}
