import { UnsupportedError } from '../base/errors.js';
import type { ByteSource } from '../formats/stored.js';
import type { DigestAlgorithm } from './integrity.js';

/** The digest as base64. @throws UnsupportedError on pages that are not secure, whose browser computes none */
export async function digestOf(source: ByteSource, algorithm: DigestAlgorithm): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    const hint = 'serve the page by https, or leave integrity out';
    throw new UnsupportedError(`integrity: browsers compute digests on secure pages only; ${hint}`, { place: 'integrity', hint });
  }
  const bytes = source.read(0, source.byteLength) as Uint8Array<ArrayBuffer>;
  const digest = new Uint8Array(await subtle.digest(algorithm.replace('sha', 'SHA-'), bytes));
  return btoa(String.fromCharCode(...digest));
}
