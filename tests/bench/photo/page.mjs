/** The page's side: measures one row when told to. */
import { loopOf } from './camera.mjs';
import { openEngines } from './page-engines.mjs';
import { timeRequests } from './rounds.mjs';
import { watched } from './watch.mjs';

let engines;
let requests = 0;

/** Opens the engines; once a page. */
globalThis.open = async (place, without) => {
  const all = await openEngines(place);
  engines = all.filter(({ name }) => !without.some((left) => name.includes(left)));
};

/** Another address each time, so that nothing is kept from the request before. */
const anew = (url) => `${url}?${(requests += 1)}`;

async function imageOf(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

async function fileOf(url) {
  return new File([await (await fetch(url)).blob()], 'photo.jpg', { type: 'image/jpeg' });
}

/** A canvas and what draws on it: the photo, a little further each time. */
async function canvasOf(url, [width, height]) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  const bitmap = await createImageBitmap(await imageOf(url), { resizeWidth: width + 16, resizeHeight: height });
  let step = 0;
  const draw = () => context.drawImage(bitmap, -((step += 1) % 16), 0);
  return { canvas, draw };
}

/** What a request is given, for each kind of row. */
const INPUTS = {
  'new image': (url) => () => imageOf(anew(url)),
  image: async (url) => {
    const image = await imageOf(url);
    return () => image;
  },
  file: async (url) => {
    const file = await fileOf(url);
    return () => file;
  },
  canvas: async (url, size) => {
    const { canvas, draw } = await canvasOf(url, size);
    return () => {
      draw();
      return canvas;
    };
  },
};

/** Decoding by the browser, to compare with. */
const DECODE = {
  name: 'createImageBitmap alone',
  async classify(file) {
    (await createImageBitmap(file)).close();
  },
};

/** @param row - `{ kind, url, size, seconds }` */
globalThis.measureRow = async ({ kind, url, size, seconds }) => {
  if (kind === 'camera') {
    const { canvas, draw } = await canvasOf(url, size);
    const results = [];
    for (const engine of engines) results.push(await loopOf(engine, canvas, draw));
    return results;
  }
  const next = await INPUTS[kind](url, size);
  return timeRequests(kind === 'file' ? [...engines, DECODE] : engines, { seconds, next, watch: watched });
};
globalThis.benchReady = true;
