import { expectShown } from './blank.js';
import { failed, wrong } from '../base/wrong.js';
import { ImageError } from '../base/errors.js';
import type { Sendable } from './transport.js';
import type { ImageInput } from './types.js';

/** The stored numbers, unconverted: the ones nets were trained on, and the ones Node gives. */
export const AS_STORED: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  imageOrientation: 'from-image',
  premultiplyAlpha: 'none',
};

/** What an element shows is taken whole up to here, which keeps the page's thread some 20 ms. */
const WHOLE_PIXELS = 1.5e6;

/**
 * Turns what cannot be posted to a worker (elements, canvases, relative URLs) into what can, and takes a snapshot of what may
 * change: before it returns, and without reading pixels on this thread. Frames and bitmaps are copies, for the caller to close.
 * Everything else is handed through. To be called on the thread that owns the element.
 * @throws ImageError for an element without pixels: broken, or tainted by another origin
 */
export async function toTransportable(input: ImageInput): Promise<Sendable> {
  if (typeof input === 'string' || input instanceof URL) return { image: located(input) };
  // Not waited for without need: what an element shows now is what is meant.
  if (isA(input, 'HTMLImageElement') && isLoading(input as HTMLImageElement)) await (input as HTMLImageElement).decode().catch(() => undefined);
  if (isA(input, 'HTMLImageElement') && (input as HTMLImageElement).naturalWidth) {
    const { currentSrc: shown, crossOrigin, naturalWidth: width, naturalHeight: height } = input as HTMLImageElement;
    return { shown: { shown, crossOrigin, width, height }, draw: (least) => draw(input as HTMLImageElement, shown, least) };
  }
  if (!isA(input, ...DRAWABLE)) return { image: input };
  expectShown(input);
  return { image: await snapshot(input as Drawable) };
}

/** Whether an element shows something soon. What waits for the page to be scrolled may never come; what cannot be shown has no pixels, which is said where they are read. */
const isLoading = ({ complete, loading }: HTMLImageElement): boolean => !complete && loading !== 'lazy';

/** @throws ImageError for what is no address */
function located(input: string | URL): string {
  try {
    if (String(input).trim() !== '') return new URL(input, self.location.href).href;
  } catch {
    // As of nothing.
  }
  const got = JSON.stringify(String(input));
  wrong('image', 'a URL', got, { as: ImageError });
}

type Drawable = OffscreenCanvas | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | ImageBitmap | VideoFrame;

const DRAWABLE = ['OffscreenCanvas', 'HTMLImageElement', 'HTMLCanvasElement', 'HTMLVideoElement', 'ImageBitmap', 'VideoFrame'];

/** Element classes do not exist in workers, so they are looked up by name. */
function isA(input: unknown, ...names: string[]): boolean {
  return names.some((name) => {
    const known: unknown = Reflect.get(globalThis, name);
    return typeof known === 'function' && input instanceof known;
  });
}

/** A VideoFrame copies nothing yet; one of an img element would, with its colours converted. */
async function snapshot(input: Drawable): Promise<ImageBitmap | VideoFrame> {
  try {
    if (typeof VideoFrame === 'function' && !isA(input, 'HTMLImageElement')) {
      try {
        return new VideoFrame(input, { timestamp: 0 });
      } catch (cause) {
        // Others, as a canvas that nothing was drawn on yet, make a bitmap.
        if ((cause as Error).name === 'SecurityError') throw cause;
      }
    }
    return await createImageBitmap(input, AS_STORED);
  } catch (cause) {
    const place = input.constructor.name;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'wait until it has loaded; of another origin, set crossOrigin before src and serve it with CORS headers';
    failed(place, 'has no pixels to read', reason, { as: ImageError, hint, cause });
  }
}

/**
 * The pixels of an img element. Large ones are drawn at eighths of their size, at which browsers decode JPEG in a fraction of the
 * time; colour profiles are applied to them.
 */
async function draw(img: HTMLImageElement, shown: string, least: readonly [number, number] | undefined): Promise<ImageBitmap | VideoFrame> {
  if (img.currentSrc !== shown) {
    const place = 'HTMLImageElement';
    throw new ImageError(`${place}: shows another image than when it was to be read, and that is in no cache`, { place });
  }
  const { naturalWidth: width, naturalHeight: height } = img;
  const eighths = least ? Math.ceil((8 * Math.max(...least)) / Math.min(width, height)) : 8;
  if (eighths > 7 || width * height < WHOLE_PIXELS) return snapshot(img);
  const canvas = new OffscreenCanvas(Math.ceil((width * eighths) / 8), Math.ceil((height * eighths) / 8));
  canvas.getContext('2d')?.drawImage(img, 0, 0, canvas.width, canvas.height);
  return snapshot(canvas);
}
