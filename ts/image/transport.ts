import type { ImageInput } from './types.js';

/** An image that an element shows, by its address: the browser has its bytes, and a worker may have them from it. */
export interface Shown {
  readonly shown: string;
  /** As the element has it; null for images of the same origin. */
  readonly crossOrigin: string | null;
  /** As it is shown, in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * What the main thread hands to the worker. The address of what an element shows stands beside the image, never in its place: an object
 * of a caller's, which may be a stranger's JSON, is not taken for one.
 */
export interface Sendable {
  /** Absent where `shown` is there. */
  readonly image?: ImageInput;
  readonly shown?: Shown;
  /** There for what an element shows: its pixels, no smaller than [height, width], where the worker cannot have its bytes. */
  readonly draw?: (least: readonly [number, number] | undefined) => Promise<ImageInput>;
}

/** Frees what holds memory outside of JavaScript's: bitmaps and frames. Others stay as they are. */
export function close(image: unknown): void {
  if (typeof image === 'object' && image !== null && 'close' in image && typeof image.close === 'function') (image as { close(): void }).close();
}
