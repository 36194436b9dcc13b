/** Reading ONNX messages, against another implementation of protobuf that also wrote them. */
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError, ReceptiveError } from '../../ts/base/errors.js';
import { inMemory } from '../../ts/formats/stored.js';
import { MODEL, TENSOR } from '../../ts/onnx/proto/messages.js';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../../ts/onnx/proto/messages.js';
import { WireReader } from '../../ts/onnx/proto/wire.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { int64, model, oneGraph, uint64, unknown } from './arbitrary.js';
import { AttributeProto_AttributeType, ModelProtoSchema } from './proto/onnx_pb.js';
import type * as Oracle from './proto/onnx_pb.js';

/** What a reader says of a message that is cut off. */
const DAMAGED = /^(a value at byte|a message that ends at byte|a list ends within|Expected varint not)/;
const read = (bytes: Uint8Array): ModelProto => new WireReader(bytes).whole(MODEL);

describe('what another implementation says', () => {
  const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
  const tensor = (given: Oracle.TensorProto): TensorProto => ({
    name: given.name, dataType: given.dataType, external: given.dataLocation === 1, rawData: plain(given.rawData),
    dims: given.dims.map(Number), floatData: given.floatData, int32Data: given.int32Data, int64Data: given.int64Data.map(Number),
    doubleData: given.doubleData, uint64Data: given.uint64Data.map(Number), externalData: given.externalData.map(({ key, value }) => ({ key, value })),
  });
  const attribute = ({ name, type, f, i, s, t, g, floats, ints, strings, refAttrName }: Oracle.AttributeProto): AttributeProto => ({
    name, type: AttributeProto_AttributeType[type] as AttributeProto['type'], f, i: Number(i), s: plain(s), t: t && tensor(t), g: g && graph(g),
    floats, ints: ints.map(Number), strings: strings.map(plain), refAttrName,
  });
  const node = (given: Oracle.NodeProto): NodeProto => ({
    name: given.name, opType: given.opType, domain: given.domain, input: given.input, output: given.output, attribute: given.attribute.map(attribute),
  });
  const info = ({ name, type }: Oracle.ValueInfoProto): ValueInfoProto => {
    if (type?.value.case !== 'tensorType') return { name, tensorType: undefined };
    const { elemType, shape } = type.value.value;
    const dims = shape?.dim.map(({ value }) => ({ value: value.case === 'dimValue' ? Number(value.value) : value.value }));
    return { name, tensorType: { elemType, shape: dims } };
  };
  const graph = (given: Oracle.GraphProto): GraphProto => ({
    name: given.name, node: given.node.map(node), initializer: given.initializer.map(tensor), input: given.input.map(info), output: given.output.map(info), valueInfo: given.valueInfo.map(info),
    sparseInitializer: given.sparseInitializer.map(({ values }) => ({ values: values && tensor(values) })),
  });
  const opset = ({ domain, version }: Oracle.OperatorSetIdProto) => ({ domain, version: Number(version) });
  const oracle = (bytes: Uint8Array): ModelProto => {
    const given = fromBinary(ModelProtoSchema, bytes);
    return {
      irVersion: Number(given.irVersion), producerName: given.producerName, graph: given.graph && graph(given.graph), opsetImport: given.opsetImport.map(opset),
      metadataProps: given.metadataProps.map(({ key, value }) => ({ key, value })),
      functions: given.functions.map((made) => ({
        name: made.name, domain: made.domain, input: made.input, output: made.output, node: made.node.map(node), opsetImport: made.opsetImport.map(opset),
        attributeProto: made.attributeProto.map(attribute),
      })),
    };
  };

  it('is what is read', () => {
    fc.assert(
      fc.property(model, (bytes) => {
        expect(read(bytes)).toEqual(oracle(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('also of two messages behind each other, which are one', () => {
    fc.assert(
      fc.property(model, model, (one, other) => {
        const both = Uint8Array.from([...one, ...other]);
        expect(read(both)).toEqual(oracle(both));
      }),
      { numRuns: 300 },
    );
  });

  it('with unknown fields and groups between, which are skipped', () => {
    fc.assert(
      fc.property(model, unknown, unknown, (bytes, before, after) => {
        const between = new BinaryWriter().raw(before).raw(bytes).raw(after);
        // In a graph as well: a second one is merged with the first.
        const all = between.tag(7, WireType.LengthDelimited).bytes(before).finish();
        const { graph } = read(bytes);
        expect(read(all)).toEqual({ ...read(bytes), graph: graph ?? read(Uint8Array.of(0x3a, 0)).graph });
      }),
      { numRuns: 300 },
    );
  });

  it('of lists, packed, number by number, or both', () => {
    const kinds = [
      { field: 1, wire: WireType.Varint, name: 'dims', number: int64, write: (out: BinaryWriter, value: number | bigint) => out.int64(value) },
      { field: 4, wire: WireType.Bit32, name: 'floatData', number: fc.float(), write: (out: BinaryWriter, value: number | bigint) => out.float(Number(value)) },
      { field: 5, wire: WireType.Varint, name: 'int32Data', number: fc.integer(), write: (out: BinaryWriter, value: number | bigint) => out.int32(Number(value)) },
      { field: 7, wire: WireType.Varint, name: 'int64Data', number: int64, write: (out: BinaryWriter, value: number | bigint) => out.int64(value) },
      { field: 10, wire: WireType.Bit64, name: 'doubleData', number: fc.double(), write: (out: BinaryWriter, value: number | bigint) => out.double(Number(value)) },
      { field: 11, wire: WireType.Varint, name: 'uint64Data', number: uint64, write: (out: BinaryWriter, value: number | bigint) => out.uint64(value) },
    ] as const;
    for (const { field, wire, name, number, write } of kinds) {
      const list = fc.array(number as fc.Arbitrary<number | bigint>, { maxLength: 20 });
      fc.assert(
        fc.property(list, list, (packed, single) => {
          const out = new BinaryWriter().tag(field, WireType.LengthDelimited).fork();
          for (const value of packed) write(out, value);
          out.join();
          for (const value of single) write(out.tag(field, wire), value);
          expect(new WireReader(out.finish()).whole(TENSOR)[name]).toEqual([...packed, ...single].map(Number));
        }),
      );
    }
  });

  it('of strings that are no UTF-8', () => {
    const boms = fc.constantFrom([0xef, 0xbb, 0xbf, 0x61], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98, 0x80, 0xf0, 0x9f]);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), boms), (name) => {
        const bytes = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(Uint8Array.from(name)).finish();
        expect(read(bytes).producerName).toBe(fromBinary(ModelProtoSchema, bytes).producerName);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('bytes', () => {
  it('are views of the file', () => {
    fc.assert(
      fc.property(model, (bytes) => {
        for (const { rawData } of read(bytes).graph?.initializer ?? []) if (rawData.length > 0) expect(rawData.buffer).toBe(bytes.buffer);
      }),
    );
  });

  it('that are damaged are read as something else or refused with an error of ours', () => {
    const counts = { read: 0, refused: 0 };
    fc.assert(
      fc.property(model, fc.array(damage, { minLength: 1, maxLength: 4 }), (whole, list) => {
        const bytes = list.reduce(damaged, whole);
        try {
          readOnnx(bytes, 'damaged', (location) => inMemory(new Uint8Array(location.length)));
        } catch (error) {
          expect(error).toBeInstanceOf(ReceptiveError);
        }
        try {
          read(bytes);
          counts.read++;
        } catch {
          counts.refused++;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(100);
  });

  it('that end within a field are refused', () => {
    fc.assert(
      fc.property(oneGraph, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (bytes, at) => {
        const cut = bytes.subarray(0, 1 + Math.floor(at * (bytes.length - 1)));
        expect(() => read(cut)).toThrow(DAMAGED);
        expect(() => readOnnx(cut, 'cut')).toThrow(FormatError);
      }),
      { numRuns: 1_000 },
    );
  });
});

type Damage = { readonly kind: 'set' | 'insert' | 'drop'; readonly at: number; readonly bytes: Uint8Array };

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('set' as const, 'insert' as const, 'drop' as const),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 10 }), fc.constantFrom(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), new Uint8Array(9).fill(0xff), Uint8Array.of(0))),
});

function damaged(whole: Uint8Array, { kind, at, bytes }: Damage): Uint8Array {
  const start = Math.floor(at * whole.length);
  const rest = whole.subarray(start + (kind === 'insert' ? 0 : bytes.length));
  return Uint8Array.from([...whole.subarray(0, start), ...(kind === 'drop' ? [] : bytes), ...rest]);
}
