/** Sizes that libjpeg decodes to at once, in eighths; above these the whole takes less time. */
const EIGHTHS = [1, 2, 3, 4];

/**
 * A JPEG photo, decoded at a fraction of its size: no side is smaller than `least`. Undefined where the photo is not that much
 * larger, or where this browser does not decode so or fails: then it is for `createImageBitmap`.
 * @param size - [width, height] as stored
 */
export async function jpegFrame(bytes: Uint8Array, size: readonly [number, number], least: number): Promise<VideoFrame | undefined> {
  if (typeof ImageDecoder !== 'function' || Math.min(...size) < least) return undefined;
  const eighths = EIGHTHS.find((k) => Math.min(...size) * k >= 8 * least) ?? 8;
  const [desiredWidth = 0, desiredHeight = 0] = size.map((side) => Math.ceil((side * eighths) / 8));
  const init: ImageDecoderInit = {
    data: bytes as Uint8Array<ArrayBuffer>,
    type: 'image/jpeg',
    colorSpaceConversion: 'none',
    ...(eighths < 8 && { desiredWidth, desiredHeight }),
  };
  try {
    const decoder = new ImageDecoder(init);
    try {
      return (await decoder.decode()).image;
    } finally {
      decoder.close();
    }
  } catch {
    return undefined;
  }
}
