import { create, toBinary } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, FunctionProtoSchema, GraphProtoSchema, ModelProtoSchema } from './proto/onnx_pb.js';
import type { GraphProto } from './proto/onnx_pb.js';

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number | bigint>>;
  readonly float?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, readonly number[]>>;
  readonly string?: Readonly<Record<string, string>>;
  readonly graphs?: Readonly<Record<string, GraphProto>>;
}

export interface GraphSpec {
  /** Shape by name; strings are open dimensions. */
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  /** What the file says of values inside, as of inputs. */
  readonly values?: Readonly<Record<string, readonly (number | string)[]>>;
  /** Element types (TensorProto.DataType) of inputs that are not float32. */
  readonly types?: Readonly<Record<string, number>>;
  readonly outputs?: readonly string[];
  readonly nodes: readonly NodeSpec[];
  /** Shape and float32 numbers by name. */
  readonly weights?: Readonly<Record<string, readonly [shape: readonly (number | bigint)[], data: readonly number[]]>>;
  readonly int64?: Readonly<Record<string, readonly (number | bigint)[]>>;
  /** What a model says of itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export function graphProto({ inputs = {}, values = {}, types = {}, outputs = [], nodes, weights = {}, int64 = {} }: GraphSpec): GraphProto {
  const port = ([name, dims]: readonly [string, readonly (number | string)[]]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType: types[name] ?? 1,
          shape: { dim: dims.map((dim) => ({ value: typeof dim === 'number' ? { case: 'dimValue' as const, value: BigInt(dim) } : { case: 'dimParam' as const, value: dim } })) },
        },
      },
    },
  });
  return create(GraphProtoSchema, {
    name: 'test',
    input: Object.entries(inputs).map(port),
    valueInfo: Object.entries(values).map(port),
    output: outputs.map((name) => ({ name })),
    node: nodes.map(({ op, inputs: read, outputs: written, name = '', domain = '', ints = {}, int = {}, float = {}, floats = {}, string = {}, graphs = {} }) => ({
      opType: op,
      domain,
      name,
      input: [...read],
      output: [...written],
      attribute: [
        ...Object.entries(ints).map(([key, value]) => ({ name: key, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) })),
        ...Object.entries(int).map(([key, value]) => ({ name: key, type: AttributeProto_AttributeType.INT, i: BigInt(value) })),
        ...Object.entries(float).map(([key, f]) => ({ name: key, type: AttributeProto_AttributeType.FLOAT, f })),
        ...Object.entries(floats).map(([key, value]) => ({ name: key, type: AttributeProto_AttributeType.FLOATS, floats: [...value] })),
        ...Object.entries(string).map(([key, value]) => ({ name: key, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(value) })),
        ...Object.entries(graphs).map(([key, g]) => ({ name: key, type: AttributeProto_AttributeType.GRAPH, g })),
      ],
    })),
    initializer: [
      ...Object.entries(weights).map(([name, [dims, data]]) => ({ name, dataType: 1, dims: dims.map(BigInt), rawData: new Uint8Array(Float32Array.from(data).buffer) })),
      ...Object.entries(int64).map(([name, data]) => ({ name, dataType: 7, dims: [BigInt(data.length)], int64Data: data.map(BigInt) })),
    ],
  });
}

/** A function of a model: nodes as those of a graph, and what attributes are where a call leaves them out. */
export interface FunctionSpec {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly (NodeSpec & { readonly ref?: Readonly<Record<string, string>> })[];
  readonly defaults?: Readonly<Record<string, number>>;
}

/** A model with functions of the domain `mine`. */
export function modelWithFunctions(spec: GraphSpec, functions: readonly FunctionSpec[]): Uint8Array {
  const made = functions.map(({ name, inputs, outputs, nodes, defaults = {} }) => {
    const { node } = graphProto({ nodes });
    node.forEach((one, i) => Object.entries(nodes[i]?.ref ?? {}).forEach(([key, refAttrName]) => one.attribute.push(create(AttributeProtoSchema, { name: key, refAttrName, type: AttributeProto_AttributeType.FLOAT }))));
    const attributeProto = Object.entries(defaults).map(([key, f]) => create(AttributeProtoSchema, { name: key, f, type: AttributeProto_AttributeType.FLOAT }));
    return create(FunctionProtoSchema, { name, domain: 'mine', input: [...inputs], output: [...outputs], node, attributeProto, opsetImport: [{ domain: '', version: 17n }] });
  });
  const imports = [{ domain: '', version: 17n }, { domain: 'mine', version: 1n }, { domain: 'com.microsoft', version: 1n }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: imports, graph: graphProto(spec), functions: made }));
}

export function modelBytes(spec: GraphSpec, opset = 17): Uint8Array {
  const graph = graphProto(spec);
  const metadataProps = Object.entries(spec.metadata ?? {}).map(([key, value]) => ({ key, value }));
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: BigInt(opset) }], graph, metadataProps }));
}
