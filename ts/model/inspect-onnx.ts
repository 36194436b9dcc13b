import { count } from '../tensor/shape.js';
import { skim } from '../onnx/read/skim.js';
import { openOnnx } from '../onnx/read/read.js';
import { eachNode, gapsOf } from '../onnx/plan/gaps.js';
import type { OnnxModel, OnnxPort } from '../onnx/form/types.js';
import type { ByteSource } from '../formats/stored.js';
import type { Inspection } from './inspect.js';
import type { ModelFile } from './reader.js';

/** Weights in files beside the model are counted by their shapes: their bytes are not asked for. */
const beside: ByteSource = {
  byteLength: Number.MAX_SAFE_INTEGER,
  read: () => new Uint8Array(0),
};

/** @throws FormatError for what is no ONNX model; UnsupportedError for types that are not computed in */
export function inspectOnnx({ source, place }: Pick<ModelFile, 'source' | 'place'>): Inspection {
  const skimmed = skim(source, place);
  const file = openOnnx(skimmed.bytes, place);
  const model = file.read((location) => skimmed.find(location) ?? beside);
  return inspectionOf(model, file.externals.filter((location) => !skimmed.find(location)));
}

/** @param externalData - files beside the model that hold weights */
export function inspectionOf(model: OnnxModel, externalData: readonly string[]): Inspection {
  const { graph, producer, opsets } = model;
  const ops = new Map<string, number>();
  eachNode(graph, ({ op, domain }) => {
    const name = domain === '' ? op : `${domain}.${op}`;
    ops.set(name, (ops.get(name) ?? 0) + 1);
  });
  const port = ({ name, dtype, shape }: OnnxPort): OnnxPort => ({ name, dtype, shape });
  return {
    producer,
    opsets: Object.fromEntries([...opsets].map(([domain, version]) => [domain === '' ? 'ai.onnx' : domain, version])),
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
    params: [...graph.initializers.values()].reduce((sum, { shape }) => sum + count(shape), 0),
    ops: Object.fromEntries([...ops].sort(([, a], [, b]) => b - a)),
    gaps: gapsOf(model),
    externalData,
  };
}
