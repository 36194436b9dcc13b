/** How fast and how small a whole photo's way is meant to be. */

/** The same decoder and the same network, put together by hand. */
const BY_HAND = /^(sharp|drawImage) to \d+, receptive$/;
/** The same, where the decoder makes no photo smaller than this library lets it: twice the input. */
const SAME_DECODE = 'sharp, same decode, receptive';
/** The longest that a page may not answer. */
const STRETCH_MS = 30;
/** A photo of up to 12 megapixels in an element. */
const LARGE_MS = 60;
/** Of the network's own time: for photos of up to a megapixel, and beside the decoding of a file. */
const SHARE = 1.3;
const FRAMES = 30;

const named = (engines, name) => engines.find((engine) => (name instanceof RegExp ? name.test(engine.name) : engine.name === name));

const atMost = (what, got, most, unit) => ({ what, got, wanted: `<= ${most.toFixed(most < 10 ? 1 : 0)}${unit}`, unit, met: got <= most });

/** In Node: CPU and memory, compared with what the same parts take by hand. */
export function nodeTargets({ title, engines: [ours, ...others] }) {
  const [rival, same] = [named(others, BY_HAND), named(others, SAME_DECODE)];
  if (!ours.ms || !rival?.ms) return [];
  const sameDecode = same?.ms ? [atMost(`${title}: CPU`, ours.cpu.median / same.cpu.median, 1, 'x by hand, same decode')] : [];
  return [
    ...sameDecode,
    atMost(`${title}: CPU`, ours.cpu.median / rival.cpu.median, 1, 'x by hand'),
    atMost(`${title}: peak memory`, ours.memory.peakMb / rival.memory.peakMb, 1.2, 'x by hand'),
  ];
}

/** In a page: times of some rows, and the longest stretch in any. */
export function pageTargets({ title, kind, megapixels, engines: [ours, ...others] }) {
  const network = named(others, 'receptive, network alone')?.ms?.median;
  const decode = named(others, 'createImageBitmap alone')?.ms?.median;
  if (!ours.ms || network === undefined) return [];
  const targets = [atMost(`${title}: longest stretch of all requests`, ours.gap.max, STRETCH_MS, ' ms')];
  const time = (most) => targets.push(atMost(`${title}: median`, ours.ms.median, most, ' ms'));
  if (kind === 'file' && decode !== undefined) time(decode + SHARE * network);
  if (kind === 'new image') time(megapixels > 1 ? LARGE_MS : SHARE * network);
  return targets;
}

/** Of the loop: one answer for each frame of a camera. */
export function cameraTargets({ title, engines: [{ answers, gap }] }) {
  if (answers === undefined) return [];
  const rate = { what: `${title}: answers a second`, got: answers, wanted: `>= ${FRAMES}`, unit: '', met: answers >= FRAMES };
  return [rate, atMost(`${title}: longest stretch`, gap, STRETCH_MS, ' ms')];
}
