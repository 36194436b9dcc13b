import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { LANGUAGES, lecture } from './harness.js';
import type { Visit } from './harness.js';

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

const EDGE = { en: 'Edge', ko: '윤곽' } as const;

/** Largest difference between the two pictures, of 255. */
const difference = (): Promise<number> => at.page.evaluate(() => {
  const [a, b] = [...document.querySelectorAll<HTMLCanvasElement>('.kernels-view canvas')].map(pixelsOf);
  return a!.reduce((most, value, i) => Math.max(most, Math.abs(value - b![i]!)), 0);
});

describe.skipIf(WITHOUT_BROWSER)('kernels on a photo', () => {
  it.each(LANGUAGES)('leaves the photo as it is by the kernel of one, and not by the edge kernel, %s', async (language) => {
    await at.open('3-kernels', language, 'k=0,0,0,0,1,0,0,0,0');
    await at.page.locator('.kernels-view canvas').nth(1).waitFor();
    expect(await difference()).toBe(0);
    await at.page.getByRole('button', { name: EDGE[language], exact: true }).click();
    await at.page.waitForFunction(() => {
      const [, after] = document.querySelectorAll<HTMLCanvasElement>('.kernels-view canvas');
      const data = pixelsOf(after!);
      return data.filter((value, i) => i % 4 < 3 && value < 40).length > data.length / 4;
    });
    expect(await difference()).toBeGreaterThan(100);
    expect(await at.axe()).toEqual([]);
  });
});

const CAMERA = { en: { start: 'Camera', stop: 'Stop the camera', refused: /The camera was refused/, absent: /There is no camera/ }, ko: { start: '카메라', stop: '카메라 끄기', refused: /카메라가 허용되지 않았습니다/, absent: /카메라가 없습니다/ } } as const;
const FAKE = '--use-fake-device-for-media-stream';
const GIVEN = '--use-fake-ui-for-media-stream';

/** Keeps the tracks that the page is given, so that a test sees whether they end. */
function keepTracks(): void {
  const tracks: MediaStreamTrack[] = [];
  Object.assign(globalThis, { tracks, asked: 0 });
  const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    Object.assign(globalThis, { asked: Number(Reflect.get(globalThis, 'asked')) + 1 });
    const stream = await get(wanted);
    tracks.push(...stream.getTracks());
    return stream;
  };
}

describe.skipIf(WITHOUT_BROWSER)('the camera', () => {
  const given = lecture([FAKE, GIVEN]);

  /** Milliseconds until so many pictures were put on the canvas. */
  const frames = (page: Visit['page'], wanted: number): Promise<number> => page.evaluate((most) => new Promise<number>((resolve) => {
    const start = performance.now();
    const put = CanvasRenderingContext2D.prototype.putImageData;
    let count = 0;
    CanvasRenderingContext2D.prototype.putImageData = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
      if (this.canvas.closest('.kernels-after') && ++count === most) resolve(performance.now() - start);
      Reflect.apply(put, this, given);
    };
  }), wanted);

  it('is asked for by a click only, shows frames of 640 x 480 live, and ends with the chapter', async () => {
    const camera = await given.visit();
    await camera.page.addInitScript(keepTracks);
    await camera.open('3-kernels');
    await camera.page.locator('.kernels-view canvas').nth(1).waitFor();
    expect(await camera.page.evaluate(() => Reflect.get(globalThis, 'asked') as number)).toBe(0);
    await camera.page.getByRole('button', { name: CAMERA.en.start, exact: true }).click();
    await camera.page.getByRole('img', { name: /before, 640 by 480/ }).waitFor();
    // A busy machine is slow; that pictures come again and again is what must not break.
    const ms = await frames(camera.page, 30);
    console.info(`camera: ${(30_000 / ms).toFixed(1)} frames a second at 640 x 480`);
    await camera.page.evaluate(() => { location.hash = '#/en/2-by-hand'; });
    await camera.page.waitForFunction(() => (Reflect.get(globalThis, 'tracks') as MediaStreamTrack[]).every(({ readyState }) => readyState === 'ended'));
    await camera.end();
  });

  it('ends when the tab is hidden', async () => {
    const camera = await given.visit();
    await camera.page.addInitScript(keepTracks);
    await camera.open('3-kernels');
    await camera.page.getByRole('button', { name: CAMERA.en.start, exact: true }).click();
    await camera.page.getByRole('button', { name: CAMERA.en.stop }).waitFor();
    await camera.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await camera.page.getByRole('button', { name: CAMERA.en.start, exact: true }).waitFor();
    expect(await camera.page.evaluate(() => (Reflect.get(globalThis, 'tracks') as MediaStreamTrack[]).map(({ readyState }) => readyState))).toEqual(['ended']);
    await camera.end();
  });
});

describe.skipIf(WITHOUT_BROWSER)('a camera that is refused', () => {
  const refused = lecture([FAKE, '--deny-permission-prompts']);

  it.each(LANGUAGES)('is told, and the photo stays, %s', async (language) => {
    const camera = await refused.visit();
    await camera.open('3-kernels', language);
    await camera.page.getByRole('button', { name: CAMERA[language].start, exact: true }).click();
    await camera.page.getByRole('alert').filter({ hasText: CAMERA[language].refused }).waitFor();
    await camera.page.locator('.kernels-view canvas').nth(1).waitFor();
    await camera.end();
  });
});

describe.skipIf(WITHOUT_BROWSER)('a camera that is not there', () => {
  it.each(LANGUAGES)('is told, %s', async (language) => {
    await at.context.grantPermissions(['camera']);
    await at.open('3-kernels', language);
    await at.page.getByRole('button', { name: CAMERA[language].start, exact: true }).click();
    await at.page.getByRole('alert').filter({ hasText: CAMERA[language].absent }).waitFor();
  });
});
