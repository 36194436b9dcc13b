import { FormatError, ReceptiveError, UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { inMemory, partOf } from '../../formats/stored.js';
import type { ByteSource } from '../../formats/stored.js';
import { halfToFloatBits } from '../../formats/widen.js';
import { MODEL, TENSOR } from '../proto/messages.js';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto } from '../proto/messages.js';
import { WireReader } from '../proto/wire.js';
import type { MessageKind } from '../proto/wire.js';
import { withoutCalls } from './functions.js';
import { withOwnNames } from './scopes.js';
import { checkBytes, dtypeOf, fromBytes, hostTensor, size } from '../form/tensors.js';
import type { AttributeValue, Constant, HostTensor, OnnxDtype, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxPort } from '../form/types.js';

/** Finds the bytes of a file that lies beside the model. */
export type ExternalData = (location: string) => ByteSource;

/** A model whose outermost form was read. */
export interface OnnxFile {
  /** Files beside the model that hold weights. */
  readonly externals: readonly string[];
  /**
   * The model. Weights stay where they are in the files' bytes: nothing of them is copied.
   * @throws FormatError, UnsupportedError for types that are not computed in
   */
  read(external?: ExternalData): OnnxModel;
}

/** @throws FormatError for what is no ONNX model, or one older than IR version 3 */
export function openOnnx(bytes: Uint8Array, place: string): OnnxFile {
  const { irVersion, graph, ...proto } = parse(place, MODEL, bytes);
  if (!graph || irVersion < 3) {
    const got = graph ? `IR version ${irVersion}` : 'no graph';
    wrong(place, 'an ONNX model of IR version 3 or newer', got, { as: FormatError });
  }
  const opsets = opsetsOf(proto.opsetImport);
  return {
    externals: [...new Set(graph.initializer.flatMap(externalLocation))],
    read(external) {
      const reader = new Reader(opsets, external);
      const functions = new Map(proto.functions.map((f) => [`${domainOf(f.domain)}:${f.name}`, readFunction(f, reader, opsets)]));
      const metadata = new Map(proto.metadataProps.map(({ key, value }) => [key, value]));
      return { graph: withOwnNames(withoutCalls(reader.graph(graph), functions)), producer: proto.producerName, metadata, irVersion, opsets, functions };
    },
  };
}

/** Reads a model and the files beside it. */
export async function readOnnxWith(
  bytes: Uint8Array,
  place: string,
  find: (location: string) => Promise<ByteSource>,
): Promise<OnnxModel> {
  const file = openOnnx(bytes, place);
  const found = new Map<string, ByteSource>();
  for (const location of file.externals) found.set(location, await find(location));
  return file.read((location) => found.get(location) ?? inMemory(new Uint8Array(0)));
}

/** Reads a model at once. */
export function readOnnx(bytes: Uint8Array, place: string, external?: ExternalData): OnnxModel {
  return openOnnx(bytes, place).read(external);
}

function externalLocation({ external, externalData }: TensorProto): string[] {
  if (!external) return [];
  return externalData.filter(({ key }) => key === 'location').map(({ value }) => value);
}

/** Reads a serialised TensorProto, as in the test cases of the ONNX project. */
export function readTensorProto(bytes: Uint8Array, place: string): HostTensor & { readonly name: string } {
  const proto = parse(place, TENSOR, bytes);
  return { ...new Reader(new Map(), undefined).constant(proto, place).tensor(), name: proto.name };
}

function parse<Message>(place: string, kind: MessageKind<Message>, bytes: Uint8Array): Message {
  try {
    return new WireReader(bytes).whole(kind);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    wrong(place, 'an ONNX model', `a file that is damaged or something else (${got})`, { as: FormatError, cause });
  }
}

function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function opsetsOf(imports: readonly OperatorSetIdProto[]): Map<string, number> {
  return new Map(imports.map(({ domain, version }) => [domainOf(domain), version]));
}

function readFunction(proto: FunctionProto, reader: Reader, outer: ReadonlyMap<string, number>): OnnxFunction {
  const own = new Reader(new Map([...outer, ...opsetsOf(proto.opsetImport)]), reader.external);
  const defaults = new Map(proto.attributeProto.map((attribute) => [attribute.name, own.attribute(attribute, proto.name)]));
  return { inputs: proto.input, outputs: proto.output, nodes: proto.node.map((node) => own.node(node)), defaults };
}

class Reader {
  constructor(
    private readonly opsets: ReadonlyMap<string, number>,
    readonly external: ExternalData | undefined,
  ) {}

  graph(proto: GraphProto): OnnxGraph {
    const [sparse] = proto.sparseInitializer;
    if (sparse) {
      const name = sparse.values?.name ?? '';
      throw new UnsupportedError(`${name}: sparse initializers are not read`, { place: name });
    }
    const initializers = new Map(proto.initializer.map((tensor) => [tensor.name, this.constant(tensor, tensor.name)]));
    return {
      name: proto.name,
      nodes: proto.node.map((node) => this.node(node)),
      initializers,
      inputs: proto.input.filter(({ name }) => !initializers.has(name)).map(readPort),
      defaults: proto.input.filter(({ name }) => initializers.has(name)).map(readPort),
      outputs: proto.output.map(readPort),
      portOf(name) {
        const info = proto.valueInfo.find((value) => value.name === name);
        return info && readPort(info);
      },
    };
  }

  node(proto: NodeProto): OnnxNode {
    const domain = domainOf(proto.domain);
    const name = proto.name || `${proto.opType}(${proto.output.find((output) => output !== '') ?? ''})`;
    const attributes = new Map(proto.attribute.map((attribute) => [attribute.name, this.attribute(attribute, name)]));
    const opset = this.opsets.get(domain) ?? 1;
    return { name, op: proto.opType, domain, inputs: proto.input, outputs: proto.output, attributes, opset };
  }

  constant(proto: TensorProto, place: string): Constant {
    const shape = proto.dims;
    const dtype = dtypeOf(proto.dataType, place);
    const count = located(place, () => size(shape));
    const source = this.sourceOf(proto, place);
    if (source) checkBytes(dtype, shape, source, place);
    if (source) return { dtype, shape, source, tensor: () => fromBytes(dtype, shape, source.read(0, source.byteLength)) };
    const spelled = (): HostTensor => {
      const values = typedField(proto, dtype);
      if (values.length === count) return hostTensor(dtype, shape, values);
      const got = `${values.length} numbers`;
      wrong(place, `${count} numbers for shape [${shape.join(', ')}]`, got, { as: FormatError });
    };
    return { dtype, shape, source: undefined, tensor: spelled };
  }

  private sourceOf(proto: TensorProto, place: string): ByteSource | undefined {
    if (!proto.external) return proto.rawData.byteLength > 0 ? inMemory(proto.rawData) : undefined;
    const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get('location') ?? '';
    if (!this.external) {
      const hint = 'give the option externalData, or put the file beside the model';
      wrong(place, `the file ${location}, in which its numbers are`, 'none', { as: FormatError, hint });
    }
    const file = this.external(location);
    const offset = Number(entries.get('offset') ?? 0);
    const length = Number(entries.get('length') ?? file.byteLength - offset);
    if (!(offset >= 0 && length >= 0 && offset + length <= file.byteLength)) {
      const got = `bytes ${offset} to ${offset + length} of ${file.byteLength}`;
      wrong(place, `bytes that ${location} has`, got, { as: FormatError });
    }
    return partOf(file, offset, offset + length);
  }

  attribute(proto: AttributeProto, node: string): AttributeValue {
    const place = `${node}.${proto.name}`;
    if (proto.refAttrName !== '') return { kind: 'ref', value: proto.refAttrName };
    switch (proto.type) {
      case 'FLOAT':
        return { kind: 'float', value: proto.f };
      case 'INT':
        return { kind: 'int', value: proto.i };
      case 'STRING':
        return { kind: 'string', value: text(proto.s) };
      case 'FLOATS':
        return { kind: 'floats', value: proto.floats };
      case 'INTS':
        return { kind: 'ints', value: proto.ints };
      case 'STRINGS':
        return { kind: 'strings', value: proto.strings.map(text) };
      case 'TENSOR':
        if (proto.t) return { kind: 'tensor', value: this.constant(proto.t, place) };
        break;
      case 'GRAPH':
        if (proto.g) return { kind: 'graph', value: this.graph(proto.g) };
        break;
      default:
    }
    return { kind: 'other', value: proto.type };
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Numbers that are spelled out; several types share a field. 16-bit floats come as their bits. */
function typedField(proto: TensorProto, dtype: OnnxDtype): readonly number[] {
  switch (dtype) {
    case 'float32':
      return proto.floatData;
    case 'float64':
      return proto.doubleData;
    case 'int64':
      return proto.int64Data;
    case 'uint64':
    case 'uint32':
      return proto.uint64Data;
    case 'float16':
      return proto.int32Data.map((bits) => floatOfBits(halfToFloatBits(bits & 0xffff)));
    case 'bfloat16':
      return proto.int32Data.map((bits) => floatOfBits((bits << 16) >>> 0));
    default:
      return proto.int32Data;
  }
}

function floatOfBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] ?? Number.NaN;
}

function readPort({ name, tensorType }: ValueInfoProto): OnnxPort {
  if (!tensorType) return { name, dtype: undefined, shape: undefined };
  const { elemType, shape } = tensorType;
  const dims = shape?.map(({ value }) => (value === undefined || value === '' ? '?' : value));
  return { name, dtype: elemType === 0 ? undefined : dtypeOf(elemType, name), shape: dims };
}

/** Names the tensor in an error about its numbers. */
function located<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ReceptiveError)) throw error;
    throw new FormatError(`${place}: ${error.message}`, { place, cause: error });
  }
}
