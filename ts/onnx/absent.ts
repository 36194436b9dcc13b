export { foreignFormat } from '../formats/foreign.js';
import { FormatError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';

/** In place of the ONNX reader where the caller's words promised another kind of file. @throws FormatError */
export function skim(_source: unknown, place: string): never {
  const hint = 'its name must not end in .safetensors';
  wrong(place, 'safetensors', 'an ONNX model', { as: FormatError, hint });
}

// Not reached: skim comes first.
export { skim as OnnxRunnable, skim as readOnnxWith, skim as withOnnxOutputs };
