import { isOnnx } from '../formats/kind.js';
import { withOnnxOutputs } from '../onnx/plan/outputs.js';
import { readOnnxWith } from '../onnx/read/read.js';
import { skim } from '../onnx/read/skim.js';
import { OnnxRunnable } from '../onnx/run/model.js';
import { describeOnnx } from './onnx-metadata.js';
import type { ModelReader } from './reader.js';

/** Reads ONNX models. */
export const onnxReader: ModelReader = {
  accepts: ({ source, place }) => isOnnx(source, place),
  async read({ source, place, outputs, beside }) {
    const skimmed = skim(source, place);
    const model = await readOnnxWith(skimmed.bytes, place, async (location) => skimmed.find(location) ?? beside(location));
    const cut = withOnnxOutputs(model, outputs);
    return { start: (instance, how) => new OnnxRunnable(instance, cut, how), described: describeOnnx(model) };
  },
};
