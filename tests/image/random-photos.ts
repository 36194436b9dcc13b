import sharp from 'sharp';
import { photoPath, photos } from './expected.js';

/** A photo that nobody took: two crops of the six, blended, with noise. */
export interface RandomPhoto {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) ^ (state >>> 24)) / 2 ** 24;
  };
}

/** @returns a photo with sides of `least` to `most` pixels, the same for the same number; every third is a PNG */
export async function randomPhoto(index: number, least = 600, most = 4000): Promise<RandomPhoto> {
  const next = numbers(index * 7919);
  for (let i = 0; i < 8; i++) next();
  // Cameras make sides that divide by eight: so are two photos of three.
  const unit = index % 3 === 0 ? 1 : 8;
  const [width, height] = [0, 1].map(() => unit * Math.round((least * (most / least) ** next()) / unit)) as [number, number];
  const [below, above] = [await piece(next, width, height), await piece(next, width, height)];
  const share = next() * 0.5;
  const noise = next() * 24;
  for (let i = 0, state = index; i < below.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    below[i] = below[i]! * (1 - share) + above[i]! * share + ((state >>> 24) / 255 - 0.5) * noise;
  }
  const image = sharp(below, { raw: { width, height, channels: 3 } });
  const png = index % 3 === 2;
  const quality = 70 + Math.floor(next() * 26);
  const bytes = await (png ? image.png({ compressionLevel: 1 }) : image.jpeg({ quality })).toBuffer();
  return { name: `${index}: ${width} x ${height} ${png ? 'PNG' : `JPEG of quality ${quality}`}`, bytes };
}

async function piece(next: () => number, width: number, height: number): Promise<Uint8ClampedArray> {
  const photo = photos[Math.floor(next() * photos.length)]!;
  const [w, h] = [photo.width, photo.height].map((side) => Math.ceil(side * (0.4 + 0.6 * next()))) as [number, number];
  const region = { left: Math.floor((photo.width - w) * next()), top: Math.floor((photo.height - h) * next()), width: w, height: h };
  const data = await sharp(photoPath(photo.name)).removeAlpha().extract(region).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return new Uint8ClampedArray(data);
}
