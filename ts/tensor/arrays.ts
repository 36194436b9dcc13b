import { wrong } from '../base/wrong.js';

const TAG = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!;

/** The class of a typed array, `Float32Array`, in whichever realm it was made (a frame, a vm context); undefined for all else. */
export function arrayKind(value: unknown): string | undefined {
  return TAG.get!.call(value) as string | undefined;
}

/** Whether a value is an ArrayBuffer, of whichever realm. */
export function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

/**
 * Refuses memory that was handed over before: there is nothing in it any more.
 * @throws ArgumentError naming the place
 */
export function checkAttached(buffer: ArrayBufferLike, place: string): void {
  if (buffer.byteLength > 0) return;
  try {
    // The one thing that tells a detached buffer from an empty one in every engine.
    new Uint8Array(buffer);
  } catch {
    const hint = 'give a copy of it, or do without the option transfer';
    wrong(place, 'a buffer with its bytes', 'a detached one, which was transferred before', { hint });
  }
}

/**
 * Bytes of an ArrayBuffer or Uint8Array, of whichever realm, as a view of this realm on the same memory; undefined for all else.
 * @throws ArgumentError for a buffer that was transferred
 */
export function bytesOf(value: unknown, place: string): Uint8Array | undefined {
  const view = arrayKind(value) === 'Uint8Array' ? (value as Uint8Array) : undefined;
  const buffer = view ? view.buffer : isBuffer(value) ? value : undefined;
  if (!buffer) return undefined;
  checkAttached(buffer, place);
  return view ? new Uint8Array(buffer, view.byteOffset, view.byteLength) : new Uint8Array(buffer);
}
