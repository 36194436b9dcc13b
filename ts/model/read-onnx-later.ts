import { EngineError } from '../base/errors.js';
import { isOnnx } from '../formats/kind.js';
import type { ModelReader } from './reader.js';

/** Reads ONNX models by a script that is loaded for the first of them: it is most of the library's text. */
export const onnxReaderLater: ModelReader = {
  accepts: ({ source, place }) => isOnnx(source, place),
  read: async (file) => (await loaded(file.place)).read(file),
};

/** @throws EngineError where the script is not served */
async function loaded(place: string): Promise<ModelReader> {
  try {
    return (await import('./read-onnx.js')).onnxReader;
  } catch (cause) {
    const hint = 'the file inline-onnx.js is expected beside inline.js: serve both, or bundle with a tool that follows import()';
    throw new EngineError(`${place}: the script that reads ONNX could not be loaded; ${hint}`, { place, hint, cause });
  }
}
