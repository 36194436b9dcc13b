import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { partOf } from '../../formats/stored.js';
import type { ByteSource } from '../../formats/stored.js';

/** A model without its large weights. */
export interface Skimmed {
  /** The same model, but its large weights are said to be in other files. */
  readonly bytes: Uint8Array;
  /** The weights that were left where they are. */
  find(location: string): ByteSource | undefined;
}

/** Files up to this size are read as they are. */
const SMALL_FILE = 64 << 20;
/** Weights up to this size come along. */
const SMALL_TENSOR = 1 << 16;
/** No file beside a model has such a name. */
const SELF = '\0self ';

/** Numbers of the fields on the way to the weights: ModelProto.graph, GraphProto.initializer, TensorProto.raw_data. */
const GRAPH = 7;
const INITIALIZER = 5;
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const LENGTH_DELIMITED = 2;

/**
 * Reads a model past its weights, so that a file of any size takes little memory: protobuf has the length of each field in front
 * of it. (https://protobuf.dev/programming-guides/encoding)
 * @throws FormatError for what is no protobuf
 */
export function skim(source: ByteSource, place: string): Skimmed {
  const left = new Map<string, ByteSource>();
  if (source.byteLength <= SMALL_FILE) return { bytes: source.read(0, source.byteLength), find: (location) => left.get(location) };
  const leave = (begin: number, end: number): Uint8Array => {
    const location = `${SELF}${left.size}`;
    left.set(location, partOf(source, begin, end));
    return Uint8Array.from([...delimited(EXTERNAL_DATA, entry('location', location)), DATA_LOCATION << 3, 1]);
  };
  const window = new Window(source, place);
  const tensor = (begin: number, end: number): Uint8Array[] => {
    // Where the weights are comes last, for of a field that stands there twice the last one counts.
    const last: Uint8Array[] = [];
    const rest = rewrite(window, begin, end, (field, from, to) => {
      if (field !== RAW_DATA || to - from <= SMALL_TENSOR) return undefined;
      last.push(leave(from, to));
      return [];
    });
    return [...rest, ...last];
  };
  const graph = (begin: number, end: number): Uint8Array[] =>
    rewrite(window, begin, end, (field, from, to) => (field === INITIALIZER ? nested(INITIALIZER, tensor(from, to)) : undefined));
  const model = rewrite(window, 0, source.byteLength, (field, from, to) => (field === GRAPH ? nested(GRAPH, graph(from, to)) : undefined));
  return { bytes: joined(model), find: (location) => left.get(location) };
}

/** What stands in place of a field's value, field number and length included; undefined where it stays. */
type Replace = (field: number, begin: number, end: number) => Uint8Array[] | undefined;

/** The fields between two positions, some of them replaced. */
function rewrite(window: Window, begin: number, end: number, replace: Replace): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = begin;
  while (at < end) {
    const [tag, afterTag] = window.varint(at, end);
    const next = window.skip(tag & 7, afterTag, end);
    const start = (tag & 7) === LENGTH_DELIMITED ? window.varint(afterTag, end)[1] : afterTag;
    const replaced = (tag & 7) === LENGTH_DELIMITED ? replace(tag >>> 3, start, next) : undefined;
    parts.push(...(replaced ?? [window.copy(at, next)]));
    at = next;
  }
  return parts;
}

/** A file seen through a buffer, for fields are small and many. */
class Window {
  private static readonly SIZE = 1 << 16;
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly place: string,
  ) {}

  copy(begin: number, end: number): Uint8Array {
    return this.source.read(begin, end);
  }

  /** A number of 7 bits a byte, and the position behind it. Longer ones than 53 bits are not exact, nor needed. */
  varint(at: number, end: number): readonly [value: number, next: number] {
    let value = 0;
    for (let i = 0; i < 10 && at + i < end; i++) {
      const byte = this.byte(at + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return [value, at + i + 1];
    }
    return this.damaged(at);
  }

  /** The position behind a value. */
  skip(wireType: number, at: number, end: number): number {
    let next: number;
    switch (wireType) {
      case 0:
        next = this.varint(at, end)[1];
        break;
      case 1:
        next = at + 8;
        break;
      case LENGTH_DELIMITED: {
        const [length, start] = this.varint(at, end);
        next = start + length;
        break;
      }
      case 5:
        next = at + 4;
        break;
      default:
        return this.damaged(at);
    }
    return next <= end ? next : this.damaged(at);
  }

  private byte(at: number): number {
    if (at < this.start || at >= this.start + this.bytes.length) {
      this.start = at;
      this.bytes = this.source.read(at, Math.min(at + Window.SIZE, this.source.byteLength));
    }
    return this.bytes[at - this.start] ?? 0;
  }

  private damaged(at: number): never {
    const got = `damaged or cut off at byte ${at}`;
    wrong(this.place, 'an ONNX model', `a file that is ${got}`, { as: FormatError });
  }
}

function varintBytes(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varintBytes(Math.floor(value / 0x80))];
}

function header(field: number, length: number): Uint8Array {
  return Uint8Array.from([...varintBytes(field * 8 + LENGTH_DELIMITED), ...varintBytes(length)]);
}

function delimited(field: number, bytes: Uint8Array): Uint8Array {
  return joined([header(field, bytes.length), bytes]);
}

function nested(field: number, parts: readonly Uint8Array[]): Uint8Array[] {
  return [header(field, parts.reduce((sum, { length }) => sum + length, 0)), ...parts];
}

/** A StringStringEntryProto. */
function entry(key: string, value: string): Uint8Array {
  const text = new TextEncoder();
  return joined([delimited(1, text.encode(key)), delimited(2, text.encode(value))]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
