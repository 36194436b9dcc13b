import { FormatError } from '../entries/index.js';
import { wrong } from '../base/wrong.js';

/** A frame of more bytes is none that a camera sends. */
const MOST_BYTES = 1 << 26;

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8];

/**
 * Takes apart what comes in pieces of any size: PNG and JPEG files one after another, each as soon as its last byte is there, or lines of
 * text. The first bytes tell which.
 * @throws FormatError for a frame that breaks off, is larger than any photo, or is followed by something else
 */
export async function* framesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | string> {
  const buffer = new Pieces();
  let text: boolean | undefined;
  for await (const piece of input) {
    buffer.add(piece);
    if (text === undefined && buffer.length >= PNG.length) text = !startsWith(buffer.bytes, PNG) && !startsWith(buffer.bytes, JPEG);
    if (text === undefined) continue;
    yield* text ? linesIn(buffer) : filesIn(buffer);
  }
  if (buffer.length === 0) return;
  if (text === false) wrong('standard input', 'a whole frame', `one that breaks off after ${buffer.length} bytes`, { as: FormatError });
  buffer.add(Uint8Array.of(0x0a));
  yield* linesIn(buffer);
}

/** Bytes that have come and are not used up. The room doubles, so that each byte is moved a few times at most. */
class Pieces {
  private room = new Uint8Array(1 << 16);
  private from = 0;
  private to = 0;

  get length(): number {
    return this.to - this.from;
  }

  get bytes(): Uint8Array {
    return this.room.subarray(this.from, this.to);
  }

  add(piece: Uint8Array): void {
    if (this.to + piece.length > this.room.length) {
      const next = new Uint8Array(Math.max(this.room.length, 2 * (this.length + piece.length)));
      next.set(this.bytes);
      [this.room, this.from, this.to] = [next, 0, this.length];
    }
    this.room.set(piece, this.to);
    this.to += piece.length;
  }

  /** The first bytes, as their own array; they are used up. */
  take(count: number): Uint8Array {
    const taken = this.bytes.slice(0, count);
    this.from += count;
    return taken;
  }
}

function* linesIn(buffer: Pieces): Generator<string> {
  for (let end = buffer.bytes.indexOf(0x0a); end >= 0; end = buffer.bytes.indexOf(0x0a)) {
    const line = new TextDecoder().decode(buffer.take(end + 1)).trim();
    if (line !== '') yield line;
  }
}

function* filesIn(buffer: Pieces): Generator<Uint8Array> {
  while (buffer.length >= PNG.length) {
    const { bytes } = buffer;
    const end = startsWith(bytes, PNG) ? endOfPng(bytes) : startsWith(bytes, JPEG) ? endOfJpeg(bytes) : refuse('PNG or JPEG', hex(bytes.subarray(0, 4)));
    if (end === undefined && bytes.length > MOST_BYTES) refuse(`frames of at most ${MOST_BYTES} bytes`, `${bytes.length} bytes and no end`);
    if (end === undefined) return;
    yield buffer.take(end);
  }
}

/** Where the file ends; undefined where it is not all there. Chunks: a length, a name, the content, a checksum. */
function endOfPng(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49454e44) return end <= bytes.length ? end : undefined;
    at = end;
  }
  return undefined;
}

/** Segments: a marker, a length, the content. Behind a start of scan comes what ends with the next marker that is no restart. */
function endOfJpeg(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) refuse('a marker of JPEG', hex(bytes.subarray(at, at + 2)));
    if (marker === 0xd9) return at + 2;
    // A marker may have more than one 0xff before it; some have no content.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (at + 4 > bytes.length) return undefined;
    else {
      at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
      if (marker === 0xda) at = endOfScan(bytes, at);
    }
  }
  return undefined;
}

function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]!;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function hex(bytes: Uint8Array): string {
  return `bytes ${Buffer.from(bytes).toString('hex')}`;
}

function refuse(expected: string, got: string): never {
  wrong('standard input', expected, got, { as: FormatError });
}
