/**
 * The messages of onnx.proto, as far as they are read. Names are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * in camel case. Where a field is missing, its default stands; messages that may be missing are undefined.
 */
import type { MessageKind, WireReader } from './wire.js';

export interface ModelProto {
  irVersion: number;
  producerName: string;
  graph: GraphProto | undefined;
  readonly opsetImport: OperatorSetIdProto[];
  readonly metadataProps: StringStringEntryProto[];
  readonly functions: FunctionProto[];
}

export interface OperatorSetIdProto {
  domain: string;
  version: number;
}

export interface FunctionProto {
  name: string;
  domain: string;
  readonly input: string[];
  readonly output: string[];
  readonly node: NodeProto[];
  readonly opsetImport: OperatorSetIdProto[];
  /** Attributes with what they are where a call leaves them out. */
  readonly attributeProto: AttributeProto[];
}

export interface GraphProto {
  name: string;
  readonly node: NodeProto[];
  readonly initializer: TensorProto[];
  readonly sparseInitializer: SparseTensorProto[];
  readonly input: ValueInfoProto[];
  readonly output: ValueInfoProto[];
  readonly valueInfo: ValueInfoProto[];
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  readonly input: string[];
  readonly output: string[];
  readonly attribute: AttributeProto[];
}

/** Names of AttributeProto.AttributeType, by number. */
const ATTRIBUTE_TYPES = [
  'UNDEFINED', 'FLOAT', 'INT', 'STRING', 'TENSOR', 'GRAPH', 'FLOATS', 'INTS', 'STRINGS', 'TENSORS', 'GRAPHS',
  'SPARSE_TENSOR', 'SPARSE_TENSORS', 'TYPE_PROTO', 'TYPE_PROTOS',
] as const;

export interface AttributeProto {
  name: string;
  type: (typeof ATTRIBUTE_TYPES)[number];
  f: number;
  i: number;
  s: Uint8Array;
  /** Of a function's node: the attribute of the call whose value it has. */
  refAttrName: string;
  t: TensorProto | undefined;
  g: GraphProto | undefined;
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: Uint8Array[];
}

/** 64-bit integers are the nearest doubles. Bytes are views of the file. */
export interface TensorProto {
  name: string;
  dataType: number;
  /** DataLocation.EXTERNAL */
  external: boolean;
  rawData: Uint8Array;
  readonly dims: number[];
  readonly floatData: number[];
  /** A negative number may stand here modulo 2^32: the array that numbers come to lie in takes both for the same. */
  readonly int32Data: number[];
  readonly int64Data: number[];
  readonly doubleData: number[];
  readonly uint64Data: number[];
  readonly externalData: StringStringEntryProto[];
}

export interface SparseTensorProto {
  values: TensorProto | undefined;
}

export interface StringStringEntryProto {
  key: string;
  value: string;
}

export interface ValueInfoProto {
  name: string;
  /** TypeProto.tensor_type; undefined also for values of other types */
  tensorType: TensorTypeProto | undefined;
}

export interface TensorTypeProto {
  elemType: number;
  /** undefined where not even the number of dimensions is known */
  shape: DimensionProto[] | undefined;
}

export interface DimensionProto {
  /** dim_value, or dim_param where the size is open, whichever comes last */
  value: number | string | undefined;
}

const NO_BYTES = new Uint8Array(0);

export const TENSOR: MessageKind<TensorProto> = {
  empty: () => ({
    name: '', dataType: 0, external: false, rawData: NO_BYTES,
    dims: [], floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [], externalData: [],
  }),
  fields: {
    1: ({ dims }, wire) => wire.signed(dims),
    2: (tensor, wire) => void (tensor.dataType = wire.int32()),
    4: ({ floatData }, wire) => wire.floats(floatData),
    5: ({ int32Data }, wire) => wire.signed(int32Data),
    7: ({ int64Data }, wire) => wire.signed(int64Data),
    8: (tensor, wire) => void (tensor.name = wire.string()),
    9: (tensor, wire) => void (tensor.rawData = wire.bytes()),
    10: ({ doubleData }, wire) => wire.doubles(doubleData),
    11: ({ uint64Data }, wire) => wire.unsigned(uint64Data),
    13: ({ externalData }, wire) => void externalData.push(wire.message(ENTRY)),
    14(tensor, wire) {
      const location = wire.int32();
      if (location === 0 || location === 1) tensor.external = location === 1;
    },
  },
};

const ENTRY: MessageKind<StringStringEntryProto> = {
  empty: () => ({ key: '', value: '' }),
  fields: {
    1: (entry, wire) => void (entry.key = wire.string()),
    2: (entry, wire) => void (entry.value = wire.string()),
  },
};

const SPARSE_TENSOR: MessageKind<SparseTensorProto> = {
  empty: () => ({ values: undefined }),
  fields: { 1: (sparse, wire) => void (sparse.values = wire.message(TENSOR, sparse.values)) },
};

const DIMENSION: MessageKind<DimensionProto> = {
  empty: () => ({ value: undefined }),
  fields: {
    1: (dimension, wire) => void (dimension.value = wire.int64()),
    2: (dimension, wire) => void (dimension.value = wire.string()),
  },
};

const SHAPE: MessageKind<DimensionProto[]> = {
  empty: () => [],
  fields: { 1: (shape, wire) => void shape.push(wire.message(DIMENSION)) },
};

const TENSOR_TYPE: MessageKind<TensorTypeProto> = {
  empty: () => ({ elemType: 0, shape: undefined }),
  fields: {
    1: (type, wire) => void (type.elemType = wire.int32()),
    2: (type, wire) => void (type.shape = wire.message(SHAPE, type.shape)),
  },
};

/** A value is of one type: the last that is told. */
function otherType(info: ValueInfoProto, wire: WireReader): void {
  wire.bytes();
  info.tensorType = undefined;
}

const emptyInfo = (): ValueInfoProto => ({ name: '', tensorType: undefined });

const TYPE: MessageKind<ValueInfoProto> = {
  empty: emptyInfo,
  fields: {
    1: (info, wire) => void (info.tensorType = wire.message(TENSOR_TYPE, info.tensorType)),
    4: otherType,
    5: otherType,
    8: otherType,
    9: otherType,
  },
};

const VALUE_INFO: MessageKind<ValueInfoProto> = {
  empty: emptyInfo,
  fields: {
    1: (info, wire) => void (info.name = wire.string()),
    2: (info, wire) => void wire.message(TYPE, info),
  },
};

const ATTRIBUTE: MessageKind<AttributeProto> = {
  empty: () => ({ name: '', type: 'UNDEFINED', f: 0, i: 0, s: NO_BYTES, refAttrName: '', t: undefined, g: undefined, floats: [], ints: [], strings: [] }),
  fields: {
    1: (attribute, wire) => void (attribute.name = wire.string()),
    2: (attribute, wire) => void (attribute.f = wire.float()),
    3: (attribute, wire) => void (attribute.i = wire.int64()),
    4: (attribute, wire) => void (attribute.s = wire.bytes()),
    5: (attribute, wire) => void (attribute.t = wire.message(TENSOR, attribute.t)),
    6: (attribute, wire) => void (attribute.g = wire.message(GRAPH, attribute.g)),
    7: ({ floats }, wire) => wire.floats(floats),
    8: ({ ints }, wire) => wire.signed(ints),
    9: ({ strings }, wire) => void strings.push(wire.bytes()),
    20: (attribute, wire) => void (attribute.type = ATTRIBUTE_TYPES[wire.int32()] ?? attribute.type),
    21: (attribute, wire) => void (attribute.refAttrName = wire.string()),
  },
};

const NODE: MessageKind<NodeProto> = {
  empty: () => ({ name: '', opType: '', domain: '', input: [], output: [], attribute: [] }),
  fields: {
    1: ({ input }, wire) => void input.push(wire.string()),
    2: ({ output }, wire) => void output.push(wire.string()),
    3: (node, wire) => void (node.name = wire.string()),
    4: (node, wire) => void (node.opType = wire.string()),
    5: ({ attribute }, wire) => void attribute.push(wire.message(ATTRIBUTE)),
    7: (node, wire) => void (node.domain = wire.string()),
  },
};

const GRAPH: MessageKind<GraphProto> = {
  empty: () => ({ name: '', node: [], initializer: [], sparseInitializer: [], input: [], output: [], valueInfo: [] }),
  fields: {
    1: ({ node }, wire) => void node.push(wire.message(NODE)),
    2: (graph, wire) => void (graph.name = wire.string()),
    5: ({ initializer }, wire) => void initializer.push(wire.message(TENSOR)),
    11: ({ input }, wire) => void input.push(wire.message(VALUE_INFO)),
    12: ({ output }, wire) => void output.push(wire.message(VALUE_INFO)),
    13: ({ valueInfo }, wire) => void valueInfo.push(wire.message(VALUE_INFO)),
    15: ({ sparseInitializer }, wire) => void sparseInitializer.push(wire.message(SPARSE_TENSOR)),
  },
};

const OPSET: MessageKind<OperatorSetIdProto> = {
  empty: () => ({ domain: '', version: 0 }),
  fields: {
    1: (opset, wire) => void (opset.domain = wire.string()),
    2: (opset, wire) => void (opset.version = wire.int64()),
  },
};

const FUNCTION: MessageKind<FunctionProto> = {
  empty: () => ({ name: '', domain: '', input: [], output: [], node: [], opsetImport: [], attributeProto: [] }),
  fields: {
    1: (made, wire) => void (made.name = wire.string()),
    4: ({ input }, wire) => void input.push(wire.string()),
    5: ({ output }, wire) => void output.push(wire.string()),
    7: ({ node }, wire) => void node.push(wire.message(NODE)),
    9: ({ opsetImport }, wire) => void opsetImport.push(wire.message(OPSET)),
    10: (made, wire) => void (made.domain = wire.string()),
    11: ({ attributeProto }, wire) => void attributeProto.push(wire.message(ATTRIBUTE)),
  },
};

export const MODEL: MessageKind<ModelProto> = {
  empty: () => ({ irVersion: 0, producerName: '', graph: undefined, opsetImport: [], metadataProps: [], functions: [] }),
  fields: {
    1: (model, wire) => void (model.irVersion = wire.int64()),
    2: (model, wire) => void (model.producerName = wire.string()),
    7: (model, wire) => void (model.graph = wire.message(GRAPH, model.graph)),
    8: ({ opsetImport }, wire) => void opsetImport.push(wire.message(OPSET)),
    14: ({ metadataProps }, wire) => void metadataProps.push(wire.message(ENTRY)),
    25: ({ functions }, wire) => void functions.push(wire.message(FUNCTION)),
  },
};
