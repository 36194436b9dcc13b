/**
 * Pixels of what a browser has decoded or drawn. `VideoFrame.copyTo` reads them without a canvas, several times as fast; what it
 * cannot read, and what is not opaque, goes through a canvas: whether a frame's colours are multiplied with its alpha is known to
 * the browser alone.
 */
import { ImageError } from '../base/errors.js';
import { failed } from '../base/wrong.js';
import type { Decoded } from './decoded.js';
import { FOREIGN } from './not-an-image.js';
import { turned } from './orientation.js';
import { checkSize, whole } from './pixels.js';
import { AS_STORED } from './transport.web.js';

/** Memory that is kept for the next photo: fresh pages cost more than the copy itself. */
const MAX_KEPT_BYTES = 1 << 24;

/** Not there while pixels lie in it. */
let kept: ArrayBuffer | undefined;

/** @throws ImageError for an impossible size, or where this browser cannot read it */
export async function bitmapPixels(bitmap: ImageBitmap, place: string): Promise<Decoded> {
  checkSize(bitmap.width, bitmap.height, place);
  if (typeof VideoFrame !== 'function') return drawn(bitmap, place);
  let frame: VideoFrame | undefined;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
    const pixels = await copied(frame, place);
    if (pixels) return pixels;
  } catch {
    // Frames have smaller sides than bitmaps.
  } finally {
    frame?.close();
  }
  return drawn(bitmap, place);
}

/** @throws ImageError for an impossible size, a closed frame, or where this browser cannot read it */
export async function framePixels(frame: VideoFrame, place: string): Promise<Decoded> {
  checkSize(frame.displayWidth, frame.displayHeight, place);
  const pixels = await copied(frame, place);
  if (pixels) return pixels;
  const bitmap = await createImageBitmap(frame, AS_STORED);
  try {
    return drawn(bitmap, place);
  } finally {
    bitmap.close();
  }
}

/** Undefined for what is not opaque, or cannot be copied. */
async function copied(frame: VideoFrame, place: string): Promise<Decoded | undefined> {
  const { visibleRect, format } = frame;
  if (!visibleRect) return undefined;
  const { width, height } = visibleRect;
  const native = format !== null && /^(RGB|BGR)[AX]$/.test(format);
  const order = native && format.startsWith('B') ? 'bgr' : undefined;
  const { data, release } = memory(width * height * 4);
  try {
    await frame.copyTo(data, native ? { layout: [{ offset: 0, stride: width * 4 }] } : { format: 'RGBA' });
  } catch {
    release();
    return undefined;
  }
  const hasAlpha = format === null || format.includes('A');
  if (hasAlpha && !isOpaque(data)) {
    release();
    return undefined;
  }
  const stored = whole({ data, width, height, channels: 4 }, place);
  const upright = turned(stored, orientationOf(frame));
  return { ...upright, full: { width: frame.displayWidth, height: frame.displayHeight }, order, release };
}

function memory(bytes: number): { data: Uint8Array<ArrayBuffer>; release: () => void } {
  const buffer = kept && kept.byteLength >= bytes ? kept : new ArrayBuffer(bytes);
  kept = undefined;
  const release = (): void => {
    if (buffer.byteLength <= MAX_KEPT_BYTES) kept = buffer;
  };
  return { data: new Uint8Array(buffer, 0, bytes), release };
}

function isOpaque(data: Uint8Array): boolean {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  let all = -1;
  // By index: an iterator takes ten times as long.
  for (let i = 0; i < pixels.length; i++) all &= pixels[i]!;
  return all >>> 24 === 255;
}

/** How a frame is to be looked at: turned clockwise, then mirrored. Absent in browsers that turn the pixels themselves. */
interface Orientation {
  readonly rotation?: number;
  readonly flip?: boolean;
}

/** Whether the frame is shown upright while its pixels lie on their side. */
export function lies({ rotation = 0 }: VideoFrame & Orientation): boolean {
  return rotation % 180 !== 0;
}

/** EXIF's numbers of a quarter turn more each; mirrored ones second. */
const ORIENTATIONS = [[1, 2], [6, 5], [3, 4], [8, 7]] as const;

/** EXIF's number for it. */
function orientationOf({ rotation = 0, flip = false }: VideoFrame & Orientation): number {
  return ORIENTATIONS[(rotation / 90) & 3]![flip ? 1 : 0];
}

/** Through a canvas. */
function drawn(bitmap: ImageBitmap, place: string): Decoded {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new ImageError(`${place}: this browser gives no 2-d canvas of ${width} x ${height}`, { place });
  context.drawImage(bitmap, 0, 0);
  try {
    return whole({ data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 }, place);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    failed(place, 'has no pixels that may be read', cause.message, { as: ImageError, hint: FOREIGN, cause });
  }
}
