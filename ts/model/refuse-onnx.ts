import { FormatError } from '../base/errors.js';
import { isOnnx } from '../formats/kind.js';
import type { ModelReader } from './reader.js';

/** In place of the ONNX reader where the caller's words promised another kind of file. */
export const onnxRefused: ModelReader = {
  accepts: ({ source, place }) => isOnnx(source, place),
  read({ place }) {
    const [expected, got, hint] = ['safetensors', 'an ONNX model', 'its name must not end in .safetensors'];
    throw new FormatError(`${place}: expected ${expected}, got ${got}; ${hint}`, { place, expected, got, hint });
  },
};
