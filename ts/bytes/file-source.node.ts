import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { WeightsError } from '../base/errors.js';
import type { ByteSource } from '../formats/stored.js';
import type { Progress } from './response.js';

/** Reads that are used up at once share a buffer; of this size, which is that of the pieces weights are packed in. */
const SHARED_BYTES = 1 << 20;

const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));

/**
 * A file that is read where and when its bytes are needed, so that it is never in memory as a whole. It stays open, and is the
 * same file even if another takes its name; it is closed with whatever holds it.
 * @param onProgress - told how much of the file has been read, each part counted once if it is read once
 */
export function openFileSource(path: string, onProgress: Progress | undefined): ByteSource {
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  let shared: Uint8Array | undefined;
  let total = 0;
  const source: ByteSource = {
    byteLength: size,
    read(begin, end, transient = false) {
      const length = end - begin;
      const reused = transient && length <= SHARED_BYTES;
      if (reused) shared ??= new Uint8Array(SHARED_BYTES);
      const bytes = reused && shared ? shared.subarray(0, length) : new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(fd, bytes, filled, length - filled, begin + filled);
        if (count === 0) throw new WeightsError(`${path} has become shorter while it was read`, { place: path });
        filled += count;
      }
      total += length;
      onProgress?.(Math.min(total, size), size);
      return bytes;
    },
  };
  closing.register(source, fd);
  return source;
}
