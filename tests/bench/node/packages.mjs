/** Versions of what is compared, as installed. */
import { readFileSync } from 'node:fs';

const BENCH = new URL('../', import.meta.url);

/** Packages of the rivals. */
export const PACKAGES = ['onnxruntime-web', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@litertjs/core', 'onnxruntime-node'];

/** Packages that whole photos are measured with. */
export const PHOTO_PACKAGES = ['onnxruntime-web', 'onnxruntime-node', '@huggingface/transformers', 'sharp'];

/** The version, or undefined where the package is not installed. */
export function versionOf(name) {
  try {
    return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, BENCH))).version;
  } catch {
    return undefined;
  }
}

export function ownVersion() {
  return JSON.parse(readFileSync(new URL('../../package.json', BENCH))).version;
}

export function allVersions(packages = PACKAGES) {
  return { receptive: ownVersion(), ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])) };
}
