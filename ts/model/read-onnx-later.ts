import { scriptBeside } from '../base/beside.js';
import { isOnnx } from '../formats/kind.js';
import type { ModelReader } from './reader.js';

/** Reads ONNX models by a script that is loaded for the first of them: it is most of the library's text. */
export const onnxReaderLater: ModelReader = {
  accepts: ({ source, place }) => isOnnx(source, place),
  read: async (file) => (await scriptBeside('inline-onnx.js', file.place, () => import('./read-onnx.js'))).onnxReader.read(file),
};
