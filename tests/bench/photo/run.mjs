/** Whole photos to labels: `npm run bench -- --photo`, with `--browser` in Chromium. */
import { loadavg } from 'node:os';
import { machine } from '../machine.mjs';
import { allVersions, PHOTO_PACKAGES } from '../node/packages.mjs';
import { measureInChromium } from './chromium.mjs';
import { measureInNode } from './node.mjs';
import { photoMarkdown } from './report.mjs';

/** @returns the report and its text */
export async function measurePhotos(options, log) {
  const date = new Date().toISOString();
  const [busy] = loadavg();
  const { where, sections } = await (options.browser ? measureInChromium : measureInNode)(options, log);
  const report = { date, where, busy, machine: machine(), versions: allVersions(PHOTO_PACKAGES), options, sections };
  return { report, text: photoMarkdown(report) };
}
