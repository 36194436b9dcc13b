/** Bytes that no writer of protobuf writes, one by one. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it, test } from 'vitest';
import { FormatError } from '../../ts/base/errors.js';
import { MODEL, TENSOR } from '../../ts/onnx/proto/messages.js';
import type { ModelProto, TensorProto } from '../../ts/onnx/proto/messages.js';
import { WireReader } from '../../ts/onnx/proto/wire.js';
import { openOnnx } from '../../ts/onnx/read/read.js';

const model = (...bytes: number[]): ModelProto => new WireReader(Uint8Array.from(bytes)).whole(MODEL);
const tensor = (...bytes: number[]): TensorProto => new WireReader(Uint8Array.from(bytes)).whole(TENSOR);
/** What a reader says of damaged bytes, its own words and those of pbf; not what a fault of the reader would say. */
const DAMAGED = /^(Expected varint not|Unimplemented type: [46]|a list ends within|a message that ends at byte|wire type \d at byte)/;
const tag = (field: number, wire: number): number => (field << 3) | wire;

/** Fields by which messages of ONNX hold others of their kind: graph, node, attribute, graph ... */
function nested(depth: number): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) bytes = new BinaryWriter().tag([1, 5, 6][(depth - i - 1) % 3]!, WireType.LengthDelimited).bytes(bytes).finish();
  return new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(bytes).finish();
}

describe('values that go past their message', () => {
  // A graph of 4 bytes whose name has 10, though as many follow in the file.
  const rest = new Array<number>(20).fill(0x08);
  test.each([
    // Lengths are refused before anything of them is read.
    ['a string', [tag(7, 2), 4, tag(2, 2), 10, 97, 98, ...rest]],
    ['a message', [tag(7, 2), 4, tag(1, 2), 10, 8, 8, ...rest]],
    ['bytes', [tag(7, 2), 6, tag(5, 2), 4, tag(9, 2), 10, 97, 98, ...rest]],
    ['a list', [tag(7, 2), 6, tag(5, 2), 4, tag(1, 2), 10, 1, 2, ...rest]],
    ['a length', [tag(7, 2), 1, tag(2, 2), ...rest]],
  ])('%s', (_, bytes) => {
    expect(() => model(...bytes)).toThrow(/past the end of its message/);
  });

  test.each([
    ['a number', [tag(7, 2), 6, tag(5, 2), 4, tag(2, 0), 0x80, 0x80, 0x80, 1, ...rest]],
    ['a tag', [tag(7, 2), 1, 0x80, 0x80, ...rest]],
    ['a field that is skipped', [tag(7, 2), 4, tag(10, 2), 10, 97, 98, ...rest]],
    ['a group that is skipped', [tag(7, 2), 2, tag(10, 3), 8, 8, tag(10, 4), ...rest]],
  ])('%s', (_, bytes) => {
    expect(() => model(...bytes)).toThrow(/a message that ends at byte \d+ is damaged/);
  });

  test.each([2n ** 31n, 2n ** 32n, 2n ** 32n + 2n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])('a length of %d bytes', (length) => {
    // Fields 6 and 100 are skipped.
    for (const field of [2, 6, 7, 8, 100]) {
      const bytes = new BinaryWriter().tag(field, WireType.LengthDelimited).uint64(length).raw(Uint8Array.of(97, 98)).finish();
      expect(() => openOnnx(bytes, 'long')).toThrow(FormatError);
      expect(() => model(...bytes)).toThrow(field === 6 || field === 100 ? /damaged/ : /past the end/);
    }
  });
});

describe('what is damaged in itself', () => {
  test.each([
    ['a varint of eleven bytes', () => model(tag(1, 0), ...new Array<number>(10).fill(0x80), 1)],
    ['a varint without end', () => model(tag(1, 0), 0x80, 0x80)],
    ['field 0', () => model(tag(0, 0), 1, tag(1, 0), 8)],
    ['field 0 in a graph', () => model(tag(7, 2), 2, tag(0, 0), 1, tag(1, 0), 8)],
    ['wire type 6', () => model(tag(3, 6), 1)],
    ['the end of no group', () => model(tag(3, 4))],
    ['a group without end', () => model(tag(3, 3), 8, 8)],
    ['a list of floats that ends within one', () => tensor(tag(4, 2), 5, 0, 0, 0, 0, 0, tag(2, 0), 1, 0)],
    ['a list of doubles that ends within one', () => tensor(tag(10, 2), 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, tag(2, 0), 1, tag(2, 0), 1, tag(2, 0), 1, 0)],
    ['a list of integers that ends within one', () => tensor(tag(7, 2), 1, 0x80, 0x01, tag(2, 0), 1)],
    ['a list of unsigned integers that ends within one', () => tensor(tag(11, 2), 1, 0x80, 0x01, tag(2, 0), 1)],
    ['a graph that is a number', () => model(tag(7, 0), 0)],
    ['a string that is a number', () => model(tag(2, 0), 0)],
    ['a number that is a string', () => model(tag(1, 2), 0)],
    ['bytes that are a number', () => tensor(tag(9, 0), 0)],
    ['a type that is a float', () => tensor(tag(2, 5), 1)],
    ['floats that are integers', () => tensor(tag(4, 0), 0, 0, 0, 0)],
    ['doubles that are floats', () => tensor(tag(10, 5), 0, 0, 0, 0, 0, 0, 0, 0)],
    ['integers that are floats', () => tensor(tag(7, 5), 1)],
  ])('%s', (_, read) => {
    expect(read).toThrow(DAMAGED);
  });
});

describe('depth', () => {
  it('of messages is bounded', () => {
    expect(new WireReader(nested(98)).whole(MODEL).graph?.node).toHaveLength(1);
    for (const depth of [100, 101, 3_000]) expect(() => openOnnx(nested(depth), 'deep')).toThrow(/nested more than 100 deep/);
  });

  it('of groups is not, as nothing is kept of them', () => {
    const groups = 100_000;
    const bytes = new Uint8Array(2 * groups + 2).fill(tag(3, 3), 0, groups).fill(tag(3, 4), groups);
    bytes.set([tag(1, 0), 9], 2 * groups);
    expect(new WireReader(bytes).whole(MODEL).irVersion).toBe(9);
  });
});

describe('numbers', () => {
  it('of enums that there are not leave what was', () => {
    expect(tensor(tag(14, 0), 1, tag(14, 0), 7).external).toBe(true);
    // Field 20, an enum.
    const attribute = [0xa0, 1, 7, 0xa0, 1, 99];
    const { graph } = model(tag(7, 2), attribute.length + 4, tag(1, 2), attribute.length + 2, tag(5, 2), attribute.length, ...attribute);
    expect(graph?.node[0]?.attribute[0]?.type).toBe('INTS');
  });

  it('of 32 bits may be negative, in five bytes or ten', () => {
    expect(tensor(tag(2, 0), 0xff, 0xff, 0xff, 0xff, 0x0f).dataType).toBe(-1);
    expect(tensor(tag(2, 0), ...new Array<number>(9).fill(0xff), 1).dataType).toBe(-1);
  });
});
