/** Whether a JPEG lies on its side, as its EXIF block has it (Exif 2.3, 4.6.4): Firefox turns photos itself and does not say. */
import { expect, it } from 'vitest';
import { jpegLies } from '../../ts/image/announced.js';

const segment = (marker: number, body: readonly number[]): number[] => [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const SCAN = segment(0xda, [0]);

/** One directory with an orientation; `little` as most cameras write it. */
function exif(orientation: number, little: boolean): number[] {
  const two = (n: number): number[] => (little ? [n, 0] : [0, n]);
  const four = (n: number): number[] => (little ? [n, 0, 0, 0] : [0, 0, 0, n]);
  const tag = little ? [0x12, 1] : [1, 0x12];
  return [...EXIF, ...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...two(42), ...four(8), ...two(1), ...tag, ...two(3), ...four(1), ...two(orientation), 0, 0, ...four(0)];
}

const jpeg = (...segments: number[][]): DataView => new DataView(Uint8Array.from([0xff, 0xd8, ...segments.flat()]).buffer);

it.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i', (orientation) => {
  for (const little of [false, true]) {
    const block = segment(0xe1, exif(orientation, little));
    expect(jpegLies(jpeg(block, SCAN))).toBe(orientation >= 5);
    // Behind JFIF and XMP, which is an APP1 segment as well.
    expect(jpegLies(jpeg(segment(0xe0, [74, 70, 73, 70, 0]), segment(0xe1, [104, 116, 116, 112, 58]), block, SCAN))).toBe(orientation >= 5);
  }
});

it('of what has none, is cut off or is nonsense, nothing', () => {
  const block = segment(0xe1, exif(6, true));
  expect(jpegLies(jpeg(SCAN, block))).toBe(false);
  expect(jpegLies(jpeg(segment(0xe1, EXIF), SCAN))).toBe(false);
  for (let length = 2; length < block.length; length += 1) expect(jpegLies(jpeg(block.slice(0, length)))).toBe(false);
  expect(jpegLies(new DataView(new ArrayBuffer(0)))).toBe(false);
});
