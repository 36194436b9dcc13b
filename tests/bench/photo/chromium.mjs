/** "Whole photo to label" in Chromium: pages with and without cross-origin isolation. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../browser/run.mjs';
import { serve } from '../browser/server.mjs';
import { allVersions, PHOTO_PACKAGES } from '../node/packages.mjs';
import { INPUT, NAME, OUTPUT, SIDE, writeForRivals } from './model.mjs';
import { makePhoto, titleOf } from './photos.mjs';
import { LOOP_COLUMNS, PAGE_COLUMNS } from './report.mjs';
import { cameraTargets, pageTargets } from './targets.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CANVASES = [[1280, 720], [1920, 1080]];

const TEXT = `From an element, a \`File\` or a canvas of the page. Images come over HTTP with an ETag, Last-Modified and max-age=0, and are
decoded before they are handed over. The longest stretch is read from timers, which beat every 4 ms: up to about 5 ms nothing was felt. Whatever else
the machine does lengthens it; the row of the network alone shows by how much.`;

const CAMERA_TEXT = `A canvas is drawn every animation frame for 5 s; the latest frame is classified as soon as the answer before is there.`;

/** @returns where it was measured, and two sections a kind of page */
export async function measureInChromium(options, log) {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-photo-'));
  const browser = await launchChromium();
  try {
    writeForRivals(folder);
    const photos = [];
    for (const megapixels of options.sizes) photos.push(await makePhoto(megapixels));
    for (const { megapixels, bytes } of photos) writeFileSync(join(folder, `${megapixels}.jpg`), bytes);
    const sections = [];
    for (const isolated of [true, false]) {
      const server = await serve(ROOT, { isolated, folders: { made: folder } });
      try {
        sections.push(...(await measurePage(browser, server.address, { ...options, photos, isolated }, log)));
      } finally {
        server.close();
      }
    }
    return { where: `Chromium ${browser.version()}`, sections };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rows: what is handed over, and how the report calls it. */
function rowsOf(photos) {
  const largest = photos.at(-1);
  const of = (kind, name) => photos.map((photo) => ({ kind, photo, title: `${name}, ${titleOf(photo)}` }));
  const again = { kind: 'image', photo: largest, title: `the same <img> again, ${titleOf(largest)}` };
  const canvases = CANVASES.map((size) => ({ kind: 'canvas', photo: largest, size, title: `canvas, ${size.join('x')}` }));
  return [...of('new image', 'a new <img>'), again, ...of('file', 'File'), ...canvases];
}

async function measurePage(browser, address, { photos, isolated, kinds, ...options }, log) {
  const context = await browser.newContext();
  try {
    const page = await openPage(context, address, options);
    const measure = async ({ kind, photo: { megapixels }, size, title }) => {
      log(`${title}, ${isolated ? '' : 'not '}isolated ...`);
      const job = { kind, size, seconds: options.seconds, url: `/made/${megapixels}.jpg` };
      const engines = await page.evaluate((row) => globalThis.measureRow(row), job);
      return { title: title.replaceAll('<img>', '`<img>`'), kind, megapixels, engines };
    };
    const rows = [];
    for (const row of rowsOf(photos)) if (kinds.includes(row.kind)) rows.push(await measure(row));
    const size = CANVASES.at(-1);
    const camera = { kind: 'camera', photo: photos.at(-1), size, title: size.join('x') };
    const loops = kinds.includes('camera') ? [await measure(camera)] : [];
    const title = isolated ? 'a page with COOP and COEP' : 'a page without COOP and COEP';
    return [
      { title: `Chromium, ${title}`, text: TEXT, rows, columns: PAGE_COLUMNS, targets: rows.flatMap(pageTargets) },
      { title: `Camera-like loop, ${title}`, text: CAMERA_TEXT, rows: loops, columns: LOOP_COLUMNS, targets: loops.flatMap(cameraTargets) },
    ].filter((section) => section.rows.length > 0);
  } finally {
    await context.close();
  }
}

/** A page with its engines open. */
async function openPage(context, address, { variant, without }) {
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  await page.goto(`${address}/tests/bench/photo/page.html`);
  await page.waitForFunction(() => globalThis.benchReady);
  const versions = allVersions(PHOTO_PACKAGES);
  const place = { variant, made: `${address}/made/`, name: NAME, input: INPUT, output: OUTPUT, side: SIDE, versions };
  await page.evaluate(([where, left]) => globalThis.open(where, left), [place, without]);
  return page;
}
