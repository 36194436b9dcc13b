/** Decoding by the package `sharp` (libvips). Its process-wide settings belong to the program, and stay as they are. */
import { ImageError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { Decoded, DecodeRequest } from './decoded.js';
import { broken } from './broken.js';
import { checkAnnounced } from './header.js';
import type sharp from 'sharp';
import type { Format } from './header.js';
import { inksToRgb } from './inks.js';
import { jpegHeader } from './jpeg-header.js';
import { turned } from './orientation.js';
import type { RawImage } from './types.js';
import { Turns } from './turns.js';

type Sharp = typeof sharp;
type Metadata = Pick<Awaited<ReturnType<ReturnType<Sharp>['metadata']>>, 'format' | 'space' | 'width' | 'height' | 'orientation'>;

/** Photos with more pixels are decoded one after another: a format without rows in order needs all of them in memory. */
const LARGE = 25_000_000;
const largeOnes = new Turns();

/**
 * Upright pixels of an encoded image; several frames or pages: the first.
 * @throws ImageError for a damaged or cut off file, one over `maxPixels`, or where sharp is not installed
 */
export async function decodeWithSharp(bytes: Uint8Array, place: string, format: Format, request: DecodeRequest): Promise<Decoded> {
  const sharp = await loadSharp(place);
  try {
    const options = { ignoreIcc: true, failOn: 'truncated', limitInputPixels: request.maxPixels, sequentialRead: true } as const;
    const open = (): ReturnType<Sharp> => sharp(bytes, options);
    const metadata = ofJpeg(bytes) ?? (await sharp(bytes, { ...options, limitInputPixels: false }).metadata());
    checkAnnounced(metadata.width, metadata.height, place, request.maxPixels);
    const decode = (): Promise<Decoded> => decodeAs(open(), metadata, request.least);
    return await (metadata.width * metadata.height > LARGE ? largeOnes.take(decode) : decode());
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw broken(place, format, cause, saidOnce(cause instanceof Error ? cause.message : String(cause)));
  }
}

/** What libvips would say of it, in less time. Undefined as `jpegHeader`. */
function ofJpeg(bytes: Uint8Array): Metadata | undefined {
  const header = jpegHeader(bytes);
  return header && { ...header, format: 'jpeg', space: 'srgb' };
}

/** libvips repeats itself, line by line, and begins with its own names. */
function saidOnce(message: string): string {
  const lines = message.split('\n').map((line) => line.replace(/^(Input (buffer|file) has corrupt header:|\s*[Vv]ips\w*:|\s)*/, '').trim());
  return [...new Set(lines)].filter(Boolean).join('; ');
}

async function decodeAs(image: ReturnType<Sharp>, metadata: Metadata, least: DecodeRequest['least']): Promise<Decoded> {
  const inks = metadata.space === 'cmyk';
  // Chromium leaves WebP files as they are stored.
  const turn = metadata.format === 'webp' ? 1 : (metadata.orientation ?? 1);
  const lies = turn >= 5; // on its side
  const stored = { width: metadata.width, height: metadata.height };
  const full = lies ? { width: stored.height, height: stored.width } : stored;
  const target = least && shrunk(stored, lies ? [least[1], least[0]] : least, metadata.format === 'jpeg');
  if (target) image.resize(target.width, target.height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: true });
  else if (turn !== 1) image.rotate();
  // ink is converted here, and not by a profile that sharp brings along
  if (inks) image.pipelineColourspace('cmyk').toColourspace('cmyk');
  else image.toColourspace('srgb');
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  const pixels = inks ? inksToRgb(data, info.channels, size) : { ...greyAlpha(data, info.channels), ...size };
  return { ...(target ? turned(pixels, turn) : pixels), full, release: () => free(data) };
}

/** Frees at once what a decoder made: V8 counts such memory, and would look for more that is free every few photos. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength !== byteLength) return; // a part of what others use
  // Absent in Node 20.
  (buffer as { transfer?: (length: number) => unknown }).transfer?.(0);
}

interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/**
 * What to let libvips scale to: the proportions kept, neither side under `least`. Undefined where too little is saved: filters of
 * other formats take the same time there as here, so only memory is a reason for them.
 */
function shrunk(stored: Dimensions, [leastHeight, leastWidth]: readonly [number, number], isJpeg: boolean): Dimensions | undefined {
  const most = Math.min(stored.width / leastWidth, stored.height / leastHeight);
  const factor = (isJpeg && jpegFactor(stored, most)) || (stored.width * stored.height > LARGE ? most / 2 : 1);
  if (!(factor >= 2)) return undefined;
  // Rounded up, a side would be just short of the factor, at which sharp has the decoder do half of that.
  return { width: Math.floor(stored.width / factor), height: Math.floor(stored.height / factor) };
}

/**
 * By how much to shrink a JPEG, so that sharp has the decoder do the larger part: it asks for a half from a factor of 3 on, for a
 * quarter from 5 and an eighth from 9, and filters the rest. What is left is 1.2 times `least` or more, 1.3 where the decoder did
 * most: at less, two filters one behind the other move probabilities by more than 0.01. Sides that do not divide would be stretched
 * by part of a pixel.
 */
function jpegFactor({ width, height }: Dimensions, most: number): number | undefined {
  return JPEG_STEPS.find(({ by, room }) => most >= room && width % by === 0 && height % by === 0)?.factor;
}

const JPEG_STEPS = [
  { by: 8, factor: 9, room: 11.7 },
  { by: 4, factor: 5, room: 6.5 },
  { by: 2, factor: 4.9, room: 6 },
] as const;

/** sharp gives grey + alpha as two channels; spread to RGBA, so that one rule treats alpha. */
function greyAlpha(data: Uint8Array, channels: number): Pick<RawImage, 'data' | 'channels'> {
  if (channels !== 2) return { data, channels: channels as 1 | 3 | 4 };
  const out = new Uint8Array(data.length * 2);
  for (let from = 0, to = 0; from < data.length; from += 2, to += 4) {
    out.fill(data[from] ?? 0, to, to + 3);
    out[to + 3] = data[from + 1] ?? 0;
  }
  return { data: out, channels: 4 };
}

/** @throws ImageError where it is not installed */
export async function loadSharp(place: string): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    wrong(place, 'the package sharp, which reads image files in Node', 'none installed', { as: ImageError, hint: INSTALL, cause });
  }
}

const INSTALL = 'npm install sharp';

/** Whether an error, also one of a worker, is that no decoder is installed: no fault of the photo. */
export function lacksDecoder(error: unknown): boolean {
  return error instanceof ImageError && error.hint === INSTALL;
}
