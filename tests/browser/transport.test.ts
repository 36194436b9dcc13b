/// <reference types="vite/client" />
/** What the page does with an image before a worker gets it, and how a decoder makes a photo smaller. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MockInstance } from 'vitest';
import { ImageError } from '../../ts/base/errors.js';
import { decodeImage, decodePixels } from '../../ts/image/decode.web.js';
import { redFirst, toRgb, whole } from '../../ts/image/pixels.js';
import { shownBytes } from '../../ts/image/shown.js';
import { close } from '../../ts/image/transport.js';
import { toTransportable } from '../../ts/image/transport.web.js';
import type { ImageInput, RgbImage } from '../../ts/image/types.js';
import dogUrl from '../../examples/assets/photos/dog.jpg?url';
import { BROWSER } from './browser.js';

const MOST = { maxPixels: 50_000_000 };

afterEach(() => void vi.restoreAllMocks());

function canvasOf(width: number, height: number, paint: (x: number, y: number) => readonly [number, number, number, number]): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pixels = new ImageData(width, height);
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at += 4) pixels.data.set(paint(x, y), at);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas;
}

const seeThrough = (): HTMLCanvasElement => canvasOf(64, 48, (x, y) => [x * 4, y * 5, (x * y) & 255, (x * 4 + y * 3) & 255]);

async function shownImage(source: string): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), { src: source });
  await image.decode();
  return image;
}

/** A JPEG photo, so that its bytes can be had by an address of its own. */
async function photo(width: number, height: number): Promise<Blob> {
  const canvas = canvasOf(width, height, (x, y) => [(x * 255) / width, (y * 255) / height, 90 + 60 * Math.sin(x / 90), 255]);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!), 'image/jpeg', 0.95));
}

function worst(got: RgbImage, want: RgbImage): number {
  expect([got.width, got.height]).toEqual([want.width, want.height]);
  return got.data.reduce((most, value, i) => Math.max(most, Math.abs(value - want.data[i]!)), 0);
}

describe('what is sent to a worker', () => {
  it('addresses become absolute, files stay what they are, and elements without pixels are refused', async () => {
    expect((await toTransportable('photo.png')).image).toBe(new URL('photo.png', location.href).href);
    const blob = new Blob(['x']);
    expect((await toTransportable(blob)).image).toBe(blob);
    for (const empty of [new Image(), document.createElement('video'), new OffscreenCanvas(0, 0)]) {
      await expect(toTransportable(empty)).rejects.toBeInstanceOf(ImageError);
    }
  });

  it('of an element that shows nothing the reason is said', async () => {
    const broken = Object.assign(new Image(), { src: '/no-such-photo.jpg' });
    await broken.decode().catch(() => undefined);
    const video = Object.assign(document.createElement('video'), { src: '/no-such-clip.mp4' });
    await new Promise((resolve) => video.addEventListener('error', resolve, { once: true }));
    const bitmap = await createImageBitmap(new ImageData(2, 2));
    bitmap.close();
    const rows: [ImageInput, RegExp][] = [
      [broken, /^HTMLImageElement: expected pixels, got none: .*no-such-photo\.jpg gave no image; check the address in its src/],
      [new Image(), /^HTMLImageElement: expected pixels, got none: it has no src; set its src/],
      [Object.assign(document.createElement('canvas'), { width: 0 }), /^HTMLCanvasElement: expected pixels, got 0 x 150; set its width and height/],
      [new OffscreenCanvas(4, 0), /^OffscreenCanvas: expected pixels, got 4 x 0; set its width/],
      [document.createElement('video'), /^HTMLVideoElement: expected pixels, got none yet; wait for its event loadeddata/],
      [video, /^HTMLVideoElement: expected pixels, got none: .*no-such-clip\.mp4 cannot be played \(.+\); check the address/],
      [bitmap, /^ImageBitmap: expected pixels, got 0 x 0; .*closed/],
    ];
    for (const [element, message] of rows) {
      await expect(toTransportable(element)).rejects.toMatchObject({ code: 'image', message: expect.stringMatching(message) as string });
    }
  });

  it('what an img shows goes by its address, and the page touches no pixel of it', async () => {
    const image = await shownImage(dogUrl);
    const calls = [vi.spyOn(globalThis, 'createImageBitmap'), vi.spyOn(OffscreenCanvasRenderingContext2D.prototype, 'drawImage')];
    const { shown: sent } = await toTransportable(image);
    if (!sent) throw new Error('not by its address');
    const bytes = await shownBytes(sent);
    for (const call of calls) expect(call).not.toHaveBeenCalled();
    expect(await bytes?.arrayBuffer()).toEqual(await (await fetch(dogUrl)).arrayBuffer());
  });

  it('an img whose bytes cannot be had is drawn at a fraction of its size', async () => {
    const address = URL.createObjectURL(await photo(2400, 1600));
    const image = await shownImage(address);
    URL.revokeObjectURL(address);
    const whole = vi.spyOn(globalThis, 'createImageBitmap');
    const { shown: sent, draw } = await toTransportable(image);
    expect(sent && (await shownBytes(sent))).toBeUndefined();
    const drawn = await draw!([512, 512]);
    expect(whole).not.toHaveBeenCalled();
    expect(drawn).toMatchObject({ codedWidth: 900, codedHeight: 600 });
    const small = await draw!(undefined);
    expect(small).toMatchObject({ width: 2400, height: 1600 });
    [drawn, small].forEach(close);
  });

  it('an img that is drawn is held to maxPixels, before anything of it is decoded', async () => {
    const address = URL.createObjectURL(await photo(400, 300));
    const image = await shownImage(address);
    URL.revokeObjectURL(address);
    const calls = [vi.spyOn(globalThis, 'createImageBitmap'), vi.spyOn(OffscreenCanvasRenderingContext2D.prototype, 'drawImage')];
    await expect(decodeImage(image, { maxPixels: 119_999 })).rejects.toMatchObject({ code: 'image', got: '400 x 300' });
    await expect(decodePixels(image, { maxPixels: 119_999, least: [64, 64] })).rejects.toMatchObject({ code: 'image', got: '400 x 300' });
    for (const call of calls) expect(call).not.toHaveBeenCalled();
    expect(await decodeImage(image, { maxPixels: 120_000 })).toMatchObject({ width: 400, height: 300 });
  });

  it('pixels of another origin are an image error that says how they may be read', async () => {
    const url = new URL(dogUrl, location.href);
    url.hostname = '127.0.0.1';
    const image = await shownImage(url.href);
    const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
    canvas.getContext('2d')!.drawImage(image, 0, 0);
    for (const source of [image, canvas]) {
      const refused = { code: 'image', hint: expect.stringContaining('CORS headers') as string };
      await expect(decodeImage(source)).rejects.toMatchObject(refused);
      await expect(decodePixels(source, { ...MOST, least: [16, 16] })).rejects.toMatchObject(refused);
    }
  });

  it('what is no image is named, with what to give in its place', async () => {
    const files = new DataTransfer();
    files.items.add(new File(['x'], 'x.png'));
    const field = Object.assign(document.createElement('input'), { type: 'file' });
    const rows: [unknown, RegExp][] = [
      [document.createElement('div'), /got HTMLDivElement; give an img, video or canvas element/],
      [files.files, /got FileList; give one of them: list\[0\]/],
      [[...files.files], /got Array; give bytes as a Uint8Array, of several images one: images\[0\]/],
      [document.querySelectorAll('script'), /got NodeList; give one of them/],
      [field, /got HTMLInputElement; give one of its files: \.files\[0\]/],
      [files, /got DataTransfer; give one of its files/],
      [document.createElement('canvas').getContext('2d'), /give its \.canvas/],
      [new Response('x'), /give what its blob\(\) resolves to/],
    ];
    for (const [given, message] of rows) {
      await expect(decodeImage(given as ImageInput), String(given)).rejects.toMatchObject({ code: 'argument', message: expect.stringMatching(message) as string });
    }
    await expect(decodeImage('ftp://127.0.0.1/a.jpg')).rejects.toMatchObject({ code: 'image', hint: 'http, https, data and blob URLs are read' });
    await expect(decodeImage('')).rejects.toMatchObject({ code: 'image', message: 'image: expected a URL, got ""' });
  });

  it('a drawing has no address, and a drawn element of another image than was asked for is refused', async () => {
    const svg = await shownImage(`data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="5"/>')}`);
    const { shown, draw } = await toTransportable(svg);
    expect(shown && (await shownBytes(shown))).toBeUndefined();
    expect(await draw!([8, 8])).toMatchObject({ width: 9, height: 5 });
    svg.src = dogUrl;
    await svg.decode();
    await expect(draw!([8, 8])).rejects.toBeInstanceOf(ImageError);
  });

  it('of canvases, bitmaps and frames it is a copy, as they were when the call was made', async () => {
    const canvas = canvasOf(40, 30, (x, y) => [x, y, 7, 255]);
    const want = await decodeImage(canvas);
    const bitmap = await createImageBitmap(canvas);
    const frame = new VideoFrame(canvas, { timestamp: 5 });
    const sending = [canvas, bitmap, frame].map((source) => toTransportable(source));
    canvas.getContext('2d')!.fillRect(0, 0, 40, 30);
    for (const { image } of await Promise.all(sending)) {
      expect(image).toBeInstanceOf(VideoFrame);
      expect(worst(await decodeImage(image as VideoFrame), want)).toBe(0);
      close(image);
    }
    expect([bitmap.width, frame.codedWidth]).toEqual([40, 40]); // they stay open
    frame.close();
  });
});

describe('pixels of what was drawn', () => {
  it('alpha is laid over white, however the source multiplies it', async () => {
    const canvas = seeThrough();
    const stored = canvas.getContext('2d')!.getImageData(0, 0, 64, 48);
    const want = toRgb(whole({ data: stored.data, width: 64, height: 48, channels: 4 }));
    const offscreen = new OffscreenCanvas(64, 48);
    offscreen.getContext('2d')!.putImageData(stored, 0, 0);
    const sources: ImageInput[] = [
      canvas, offscreen, await createImageBitmap(canvas), await createImageBitmap(canvas, { premultiplyAlpha: 'none' }),
      new VideoFrame(canvas, { timestamp: 0 }),
      new VideoFrame(stored.data, { format: 'RGBA', codedWidth: 64, codedHeight: 48, timestamp: 0 }),
    ];
    // Firefox takes bytes that are given for multiplied ones.
    if (BROWSER === 'firefox') close(sources.pop());
    for (const source of sources) {
      // WebKit rounds in another way when it multiplies by alpha and divides again.
      expect(worst(await decodeImage(source), want)).toBeLessThanOrEqual(BROWSER === 'webkit' ? 1 : 0);
      close(source);
    }
  });

  it('memory is used again only once it was handed back', async () => {
    const [one, two] = [canvasOf(8, 8, () => [200, 1, 2, 255]), canvasOf(8, 8, () => [3, 4, 100, 255])];
    const first = await decodePixels(one, MOST);
    const second = await decodePixels(two, MOST);
    expect([...toRgb(redFirst(first)).data.subarray(0, 3)]).toEqual([200, 1, 2]);
    expect([...toRgb(redFirst(second)).data.subarray(0, 3)]).toEqual([3, 4, 100]);
    first.release?.();
    const third = await decodePixels(two, MOST);
    expect(third.data.buffer).toBe(first.data.buffer);
    expect(second.data.buffer).not.toBe(third.data.buffer);
  });
});

/** The photo with an EXIF block that has nothing but an orientation (Exif 2.3, 4.6.4). */
function oriented(jpeg: Uint8Array, orientation: number): Uint8Array {
  const exif = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  return Uint8Array.from([...jpeg.subarray(0, 2), ...exif, ...jpeg.subarray(2)]);
}

/** Means of squares of this many pixels a side. */
function shrunk({ data, width, height }: RgbImage, by: number): RgbImage {
  const [w, h] = [width / by, height / by];
  const out = Uint8Array.from({ length: w * h * 3 }, (_, at) => {
    const [c, x, y] = [at % 3, Math.floor(at / 3) % w, Math.floor(at / 3 / w)];
    let sum = 0;
    for (let i = 0; i < by * by; i++) sum += data[((y * by + Math.floor(i / by)) * width + x * by + (i % by)) * 3 + c]!;
    return Math.round(sum / by / by);
  });
  return { data: out, width: w, height: h };
}

/** How far its pixels may be from the means, in levels: libjpeg's small sizes are nearer to them than Firefox' own filter. */
const MEAN_LEVELS = BROWSER === 'firefox' ? 2.5 : 1.5;
/** WebKit decodes photos whole: it has no ImageDecoder. */
const BY = typeof ImageDecoder === 'function' ? 4 : 1;

describe('a JPEG photo made smaller', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright for orientation %i, and the means of what was whole', async (orientation) => {
    const bytes = oriented(new Uint8Array(await (await fetch(dogUrl)).arrayBuffer()), orientation);
    const exact = await decodeImage(bytes);
    const pixels = await decodePixels(bytes, { ...MOST, least: [100, 100] });
    expect(pixels.full).toEqual({ width: exact.width, height: exact.height });
    const [got, want] = [toRgb(redFirst(pixels)), shrunk(exact, BY)];
    expect([got.width, got.height]).toEqual([want.width, want.height]);
    const mean = got.data.reduce((sum, value, i) => sum + Math.abs(value - want.data[i]!), 0) / got.data.length;
    expect(mean).toBeLessThan(MEAN_LEVELS);
  });

  it('is whole where it is not twice as large as what is looked at, or every pixel is wanted', async () => {
    const bytes = new Uint8Array(await (await fetch(dogUrl)).arrayBuffer());
    const exact = await decodeImage(bytes);
    for (const least of [undefined, [600, 600]] as const) {
      expect(worst(toRgb(redFirst(await decodePixels(bytes, { ...MOST, least }))), exact)).toBe(0);
    }
  });

  it('is refused as well where its size lies behind any number of bytes', async () => {
    const bytes = new Uint8Array(await (await photo(400, 300)).arrayBuffer());
    const segment = new Uint8Array(2 + 65533).fill(7);
    segment.set([0xff, 0xef, 0xff, 0xfd]);
    const alone = Uint8Array.of(0xff, 0x01);
    for (const between of [[segment, segment], [alone], [Uint8Array.of(5, 6, 7)]]) {
      const file = new Blob([bytes.slice(0, 20), ...between, bytes.slice(20)] as BlobPart[]);
      await expect(decodeImage(file, { maxPixels: 119_999 })).rejects.toMatchObject({ code: 'image', got: '400 x 300' });
      expect(await decodeImage(file)).toMatchObject({ width: 400, height: 300 });
    }
  });

  it('is refused before it is decoded where it has more pixels than are accepted', async () => {
    const decoders: MockInstance[] = [vi.spyOn(globalThis, 'createImageBitmap')];
    if (typeof ImageDecoder === 'function') decoders.push(vi.spyOn(ImageDecoder.prototype, 'decode'));
    const bytes = await (await fetch(dogUrl)).arrayBuffer();
    for (const least of [undefined, [100, 100]] as const) {
      await expect(decodePixels(bytes, { maxPixels: 768 * 576 - 1, least })).rejects.toThrow(/expected at most 442367 pixels, got 768 x 576/);
    }
    for (const decoder of decoders) expect(decoder).not.toHaveBeenCalled();
  });

  it('is decoded without ImageDecoder and VideoFrame too', async () => {
    const bytes = await (await fetch(dogUrl)).arrayBuffer();
    const want = await decodeImage(bytes);
    vi.stubGlobal('ImageDecoder', undefined);
    vi.stubGlobal('VideoFrame', undefined);
    expect(worst(toRgb(await decodePixels(bytes, { ...MOST, least: [100, 100] })), want)).toBe(0);
    expect(worst(await decodeImage(seeThrough()), await decodeImage(seeThrough().getContext('2d')!.getImageData(0, 0, 64, 48)))).toBe(0);
    vi.unstubAllGlobals();
  });
});
