import type { ByteSource } from './stored.js';

/** `{`, with which the header of a safetensors file begins, behind the eight bytes of its length. */
const BRACE = 0x7b;

/** Whether a file is safetensors, as far as its first bytes tell; what is wrong with it shows when it is read. */
export function isSafetensors(source: ByteSource): boolean {
  const bytes = source.read(0, Math.min(9, source.byteLength));
  // A length with its upper bytes is longer than any file: there is text.
  return bytes[8] === BRACE && bytes[6] === 0 && bytes[7] === 0;
}

/** Whether it is an ONNX model: it starts with its IR version, or is called one. */
export function isOnnx(source: ByteSource, place: string): boolean {
  const bytes = source.read(0, Math.min(9, source.byteLength));
  return bytes[8] !== BRACE && (bytes[0] === 0x08 || /\.onnx$/i.test(place));
}
