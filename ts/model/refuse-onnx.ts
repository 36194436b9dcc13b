import { FormatError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { isOnnx } from '../formats/kind.js';
import type { ModelReader } from './reader.js';

/** In place of the ONNX reader where the caller's words promised another kind of file. */
export const onnxRefused: ModelReader = {
  accepts: ({ source, place }) => isOnnx(source, place),
  read: ({ place }) => wrong(place, 'safetensors', 'an ONNX model', { as: FormatError, hint: 'its name must not end in .safetensors' }),
};
