import type { Foreign } from './foreign.js';

/** Which model of another tool a folder is, by the names in it. */
export function foreignFolder(names: readonly string[]): Foreign | undefined {
  if (names.includes('saved_model.pb')) {
    const hint = 'python -m tf2onnx.convert --saved-model FOLDER --output model.onnx';
    return { got: 'a folder, a SavedModel of TensorFlow', hint };
  }
  if (names.includes('Manifest.json') && names.includes('Data')) {
    return { got: 'a folder, a Core ML package', hint: 'give the ONNX model it was made from, or export that anew' };
  }
  return undefined;
}
