/** Any ONNX messages, with fields that are read and fields that are not; they need not make sense. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { ModelProtoSchema } from './proto/onnx_pb.js';
import type { AttributeProtoSchema, GraphProtoSchema, NodeProtoSchema, TensorProtoSchema, TypeProtoSchema, ValueInfoProtoSchema } from './proto/onnx_pb.js';

const EDGES = [0n, 1n, -1n, 127n, 128n, 2n ** 28n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 62n + 2n ** 9n + 1n, 2n ** 63n - 1n];

export const int64 = fc.oneof(fc.constantFrom(...EDGES.flatMap((value) => [value, -value]), -(2n ** 63n)), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n));
export const uint64 = fc.oneof(fc.constantFrom(...EDGES.filter((value) => value >= 0n), 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n));

const few = <Item>(item: fc.Arbitrary<Item>, maxLength = 3): fc.Arbitrary<Item[]> => fc.array(item, { maxLength });
const some = <Fields extends Record<string, fc.Arbitrary<unknown>>>(fields: Fields) => fc.record(fields, { requiredKeys: [] });
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 30 }));
const bytes = fc.uint8Array({ maxLength: 40 });
const entries = few(some({ key: fc.oneof(text, fc.constantFrom('location', 'offset', 'length')), value: text }));

const tensor: fc.Arbitrary<MessageInitShape<typeof TensorProtoSchema>> = some({
  name: text, dataType: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer()), dims: few(int64), rawData: bytes,
  floatData: few(fc.float()), int32Data: few(fc.integer()), int64Data: few(int64), doubleData: few(fc.double()), uint64Data: few(uint64),
  dataLocation: fc.constantFrom(0, 1), externalData: entries, stringData: few(bytes), docString: text, metadataProps: entries, segment: some({ begin: int64, end: int64 }),
});

const dimension = fc.oneof(
  fc.record({ value: fc.record({ case: fc.constant('dimValue' as const), value: int64 }) }),
  fc.record({ value: fc.record({ case: fc.constant('dimParam' as const), value: text }), denotation: text }),
  fc.constant({}),
);
const tensorType = some({ elemType: fc.integer(), shape: some({ dim: few(dimension) }) });
const type: fc.Arbitrary<MessageInitShape<typeof TypeProtoSchema>> = fc.oneof(
  fc.record({ value: fc.record({ case: fc.constant('tensorType' as const), value: tensorType }) }),
  fc.record({ value: fc.record({ case: fc.constant('sparseTensorType' as const), value: tensorType }) }),
  fc.record({ value: fc.record({ case: fc.constantFrom('sequenceType' as const, 'optionalType' as const), value: some({ elemType: some({ denotation: text }) }) }) }),
  fc.record({ value: fc.record({ case: fc.constant('mapType' as const), value: some({ keyType: fc.integer() }) }) }),
  some({ denotation: text }),
);
const info: fc.Arbitrary<MessageInitShape<typeof ValueInfoProtoSchema>> = some({ name: text, type, docString: text, metadataProps: entries });

interface Nested {
  attribute: MessageInitShape<typeof AttributeProtoSchema>;
  node: MessageInitShape<typeof NodeProtoSchema>;
  graph: MessageInitShape<typeof GraphProtoSchema>;
}

const { node, graph, attribute } = fc.letrec<Nested>((tie) => ({
  attribute: some({
    name: text, type: fc.integer({ min: 0, max: 14 }), f: fc.float(), i: int64, s: bytes, t: tensor, g: fc.option(tie('graph'), { nil: undefined, depthSize: 'small' }),
    floats: few(fc.float()), ints: few(int64), strings: few(bytes), tensors: few(tensor, 1), docString: text, refAttrName: text, tp: type,
  }),
  node: some({ name: text, opType: text, domain: text, input: few(text), output: few(text), attribute: few(tie('attribute'), 2), overload: text, docString: text, metadataProps: entries }),
  graph: some({
    name: text, node: few(tie('node'), 2), initializer: few(tensor), sparseInitializer: few(some({ values: tensor, dims: few(int64) }), 1), input: few(info), output: few(info),
    valueInfo: few(info), quantizationAnnotation: few(some({ tensorName: text })), docString: text, metadataProps: entries,
  }),
}));
const opsets = few(some({ domain: text, version: int64 }));

const bytesOf = (init: MessageInitShape<typeof ModelProtoSchema>): Uint8Array => toBinary(ModelProtoSchema, create(ModelProtoSchema, init));

/** Bytes of a ModelProto with nothing but a graph. */
export const oneGraph = graph.map((made) => bytesOf({ graph: made }));

/** Bytes of a ModelProto. */
export const model = some({
  irVersion: int64, producerName: text, producerVersion: text, domain: text, modelVersion: int64, docString: text, graph, opsetImport: opsets, metadataProps: entries,
  functions: few(some({ name: text, domain: text, input: few(text), output: few(text), node: few(node, 1), opsetImport: opsets, attribute: few(text), attributeProto: few(attribute, 1), valueInfo: few(info) }), 2),
}).map(bytesOf);

type Unknown = { readonly number: number; readonly value: number | bigint | Uint8Array | readonly Unknown[] };

const { field } = fc.letrec<{ field: Unknown }>((tie) => ({
  field: fc.record({
    number: fc.integer({ min: 100, max: 2 ** 29 - 1 }),
    value: fc.oneof({ depthSize: 'small' }, uint64, fc.float(), fc.uint8Array({ maxLength: 20 }), fc.array(tie('field'), { maxLength: 3 })),
  }),
}));

function write(out: BinaryWriter, { number, value }: Unknown): void {
  if (typeof value === 'bigint') out.tag(number, WireType.Varint).uint64(value);
  else if (typeof value === 'number') (number % 2 === 0 ? out.tag(number, WireType.Bit32).float(value) : out.tag(number, WireType.Bit64).double(value));
  else if (value instanceof Uint8Array) out.tag(number, WireType.LengthDelimited).bytes(value);
  else {
    out.tag(number, WireType.StartGroup);
    for (const inner of value) write(out, inner);
    out.tag(number, WireType.EndGroup);
  }
}

/** Fields that no message of ONNX has, groups among them. */
export const unknown = few(field).map((fields) => {
  const out = new BinaryWriter();
  for (const one of fields) write(out, one);
  return out.finish();
});
