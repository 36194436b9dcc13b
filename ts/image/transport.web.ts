import { ImageError } from '../errors.js';
import type { ImageInput } from './types.js';

/** The stored numbers, unconverted: the ones nets were trained on, and the ones Node gives. */
export const AS_STORED: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  imageOrientation: 'from-image',
  premultiplyAlpha: 'none',
};

/**
 * Turns what cannot be posted to a worker (elements, canvases, relative URLs) into what can.
 * Everything else is handed through. To be called on the thread that owns the element.
 * @throws ImageError for an element without pixels: not loaded yet, broken, or tainted by another origin
 */
export async function toTransportable(input: ImageInput): Promise<ImageInput> {
  if (typeof input === 'string' || input instanceof URL) return new URL(input, self.location.href).href;
  if (!isDrawable(input)) return input;
  const place = input.constructor.name;
  try {
    return await createImageBitmap(input, AS_STORED);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'wait until it has loaded, and serve it from the same origin or with CORS';
    throw new ImageError(`${place}: has no pixels to read (${reason}); ${hint}`, { place, got: reason, hint, cause });
  }
}

type Drawable = OffscreenCanvas | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement;

/** Element classes do not exist in workers, so they are looked up by name. */
function isDrawable(input: unknown): input is Drawable {
  return ['OffscreenCanvas', 'HTMLImageElement', 'HTMLCanvasElement', 'HTMLVideoElement'].some((name) => {
    const known: unknown = Reflect.get(globalThis, name);
    return typeof known === 'function' && input instanceof known;
  });
}
