/// <reference types="vite/client" />
/** The built package: whatever a photo comes in, the answer is one and the same, and nothing that was sent stays open. */
import { AbortedError, createPool, ImageError, load, watch } from 'receptive';
import type { Classification, ImageInput, Model } from 'receptive';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';
import coffeeUrl from '../../examples/assets/photos/coffee.png?url';
import catUrl from '../../examples/assets/photos/chelsea.png?url';
import dogUrl from '../../examples/assets/photos/dog.jpg?url';
import { BROWSER } from './browser.js';

let model: Model;
beforeAll(async () => void (model = await load(modelUrl)));
afterAll(() => model.dispose());
afterEach(() => void vi.restoreAllMocks());

async function shown(source: string): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), { src: source });
  await image.decode();
  return image;
}

function drawn<Canvas extends HTMLCanvasElement | OffscreenCanvas>(canvas: Canvas, image: CanvasImageSource): Canvas {
  (canvas.getContext('2d') as CanvasRenderingContext2D).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const canvasOf = (width: number, height: number): HTMLCanvasElement => Object.assign(document.createElement('canvas'), { width, height });

/** The largest difference of the probabilities of the classes that the second names. */
function apart(got: Classification, want: Classification): number {
  const probabilities = new Map(got.top.map(({ index, probability }) => [index, probability]));
  return Math.max(...want.top.map(({ index, probability }) => Math.abs(probability - (probabilities.get(index) ?? NaN))));
}

const ALL = { topK: 1000 };

describe('a photo', () => {
  it('has one answer, whatever it comes in', async () => {
    const image = await shown(catUrl);
    const blob = await (await fetch(catUrl)).blob();
    const want = await model.classify(blob, { ...ALL, exact: true });
    const [canvas, offscreen] = [drawn(canvasOf(451, 300), image), drawn(new OffscreenCanvas(451, 300), image)];
    const bitmap = await createImageBitmap(blob);
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const sources: ImageInput[] = [
      blob, new File([blob], 'cat.png'), await blob.arrayBuffer(), catUrl, image, await shown(URL.createObjectURL(blob)),
      canvas, offscreen, bitmap, frame, canvas.getContext('2d')!.getImageData(0, 0, 451, 300),
    ];
    for (const source of sources) expect(apart(await model.classify(source, ALL), want)).toBe(0);
    expect([bitmap.width, frame.codedWidth]).toEqual([451, 451]);
    frame.close();
  });

  it('twice as large as what is looked at is within 0.01 of all its pixels', async () => {
    // Firefox makes photos smaller with a filter of its own.
    const most = BROWSER === 'firefox' ? 0.02 : 0.01;
    for (const [url, width, height] of [[coffeeUrl, 1800, 1200], [catUrl, 1503, 1000]] as const) {
      const photo = await drawn(new OffscreenCanvas(width, height), await shown(url)).convertToBlob({ type: 'image/jpeg', quality: 0.9 });
      const exact = await model.classify(photo, { ...ALL, exact: true });
      const address = URL.createObjectURL(photo);
      const image = await shown(address);
      for (const source of [photo, image]) expect(apart(await model.classify(source, ALL), exact)).toBeLessThan(most);
      URL.revokeObjectURL(address);
      expect(apart(await model.classify(image, ALL), exact)).toBeLessThan(most); // drawn
      expect(apart(await model.classify(image, { ...ALL, exact: true }), exact)).toBeLessThan(most);
    }
  });

  it('is refused where it announces more pixels than are accepted', async () => {
    for (const source of [dogUrl, await (await fetch(dogUrl)).blob(), await shown(dogUrl)]) {
      await expect(model.classify(source, { maxPixels: 1000 })).rejects.toBeInstanceOf(ImageError);
    }
  });
});

describe('what was sent', () => {
  /** Frames made and those closed of them, on this thread. */
  function frames(): { readonly open: () => number; readonly made: () => number } {
    const made: VideoFrame[] = [];
    const Real = VideoFrame;
    vi.stubGlobal('VideoFrame', class extends Real {
      constructor(...args: ConstructorParameters<typeof Real>) {
        super(...args);
        made.push(this);
      }
    });
    return { open: () => made.filter(({ format }) => format !== null).length, made: () => made.length };
  }

  afterEach(() => void vi.unstubAllGlobals());

  it('is closed after the answer, an error, and an abort of a call that waits or runs', async () => {
    const canvas = drawn(canvasOf(451, 300), await shown(catUrl));
    const counts = frames();
    await model.classify(canvas);
    await expect(model.classify(canvas, { topK: 0 })).rejects.toThrow('topK');
    const abort = new AbortController();
    const calls = [1, 2, 3].map(() => model.classify(canvas, { signal: abort.signal }));
    abort.abort();
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(AbortedError);
    await model.classify(canvas);
    await expect.poll(() => counts.open()).toBe(0);
    expect(counts.made()).toBe(6);
  });

  it('is sent by a pool too, which keeps it until the answer is there', async () => {
    const image = await shown(catUrl);
    const canvas = drawn(canvasOf(451, 300), image);
    const want = await model.classify(canvas, ALL);
    const counts = frames();
    const pool = await createPool({ model: modelUrl, size: 2 });
    const answers = await Promise.all([canvas, canvas, canvas, image].map((source) => pool.classify(source, ALL)));
    for (const answer of answers) expect(apart(answer, want)).toBe(0);
    await expect.poll(() => counts.open()).toBe(0);
    await pool.dispose();
  });
});

describe('watch', () => {
  it('says what a canvas, a video and a track show', async () => {
    const canvas = drawn(canvasOf(451, 300), await shown(catUrl));
    const stream = canvas.captureStream(20);
    const [track] = stream.getVideoTracks();
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
    const repaint = setInterval(() => drawn(canvas, canvas), 20);
    await video.play();
    const want = await model.classify(canvas, { topK: 1 });
    for (const source of [canvas, video, track!]) {
      let seen = 0;
      for await (const { top } of watch(model, source, { topK: 1 })) {
        expect(top[0]?.index).toBe(want.top[0]?.index);
        if ((seen += 1) === 3) break;
      }
    }
    clearInterval(repaint);
    track?.stop();
  });

  it('ends when the model is disposed', async () => {
    const own = await load(modelUrl);
    const canvas = drawn(canvasOf(100, 100), await shown(catUrl));
    let seen = 0;
    for await (const _ of watch(own, canvas)) if ((seen += 1) === 2) await own.dispose();
    expect(seen).toBe(2);
  });
});
