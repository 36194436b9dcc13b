import { createHash } from 'node:crypto';
import type { ByteSource } from '../formats/stored.js';
import type { DigestAlgorithm } from './integrity.js';

const PIECE_BYTES = 4 << 20;

/** The digest as base64, piece by piece: a large file is not in memory as a whole. */
export function digestOf(source: ByteSource, algorithm: DigestAlgorithm): Promise<string> {
  const hash = createHash(algorithm);
  const { byteLength } = source;
  for (let begin = 0; begin < byteLength; begin += PIECE_BYTES) {
    hash.update(source.read(begin, Math.min(begin + PIECE_BYTES, byteLength), true));
  }
  return Promise.resolve(hash.digest('base64'));
}
