import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { inMemory } from '../../ts/formats/stored.js';
import { ReceptiveError } from '../../ts/base/errors.js';
import { expectNoGaps } from '../../ts/onnx/plan/gaps.js';
import { Facts, knownConstants } from '../../ts/onnx/plan/known.js';
import { liveNodes } from '../../ts/onnx/plan/liveness.js';
import { planLeg } from '../../ts/onnx/plan/planner.js';
import { AttributeProto_AttributeType, ModelProtoSchema } from './proto/onnx_pb.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { caseNames, unpacked } from './cases.js';

/** Models to be damaged: every case of the ONNX project and every exported network, without weights. */
export function corpus(): Uint8Array[] {
  const nodes = join(unpacked('onnx-node'), 'node');
  const nets = ['onnx', 'onnx-ops'].map((kind) => join(unpacked('nets'), kind));
  return [
    ...caseNames(nodes).map((name) => readFileSync(join(nodes, name, 'model.onnx'))),
    ...nets.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name, 'skeleton.onnx')))),
  ].filter((bytes) => bytes.byteLength < 20_000);
}

/** Sizes, axes and counts that files should not have, and some that they may. */
const NUMBERS = [0, 1, -1, 2, 3, -2, 5, 7, -7, 64, 1000, 2 ** 20, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 40, -(2 ** 40), 2n ** 63n - 1n, -(2n ** 63n)].map(BigInt);
const anywhere = fc.noBias(fc.nat(999_999));
const number = fc.constantFrom(...NUMBERS);

/** A change to the bytes, or to what they say. Positions are millionths, so that they fit files of any length. */
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('set', 'insert', 'drop', 'cut'), at: anywhere, bytes: fc.uint8Array({ minLength: 1, maxLength: 10 }) }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constantFrom('op', 'input', 'int', 'ints', 'float', 'string', 'dims', 'type', 'data', 'shape', 'repeat', 'nest'), at: anywhere, with: anywhere, number }) },
);
type Change = typeof change extends fc.Arbitrary<infer Made> ? Made : never;

export const changes = fc.array(change, { minLength: 1, maxLength: 3 });

export function damaged(file: Uint8Array, list: readonly Change[]): Uint8Array {
  return list.reduce<Uint8Array>((bytes, one) => ('bytes' in one ? cutUp(bytes, one) : rewritten(bytes, one)), file);
}

function cutUp(bytes: Uint8Array, { kind, at, bytes: given }: Extract<Change, { bytes: Uint8Array }>): Uint8Array {
  const start = Math.floor((at / 1e6) * bytes.length);
  const drop = kind === 'drop' || kind === 'set' ? given.length : 0;
  if (kind === 'cut') return bytes.slice(0, start);
  const put = kind === 'drop' ? [] : given;
  return Uint8Array.from([...bytes.subarray(0, start), ...put, ...bytes.subarray(start + drop)]);
}

function pick<Item>(items: readonly Item[], at: number): Item | undefined {
  return items[Math.floor((at / 1e6) * items.length)];
}

/** Changes one thing that the model says and writes it again; what cannot be read any more stays as it is. */
function rewritten(bytes: Uint8Array, { kind, at, with: other, number: value }: Exclude<Change, { bytes: Uint8Array }>): Uint8Array {
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    const nodes = model.graph?.node ?? [];
    const node = pick(nodes, at);
    const attribute = pick(node?.attribute ?? [], other);
    const tensor = pick(model.graph?.initializer ?? [], at) ?? attribute?.t;
    const port = pick(model.graph?.input ?? [], at);
    if (kind === 'op' && node) node.opType = pick(nodes, other)?.opType ?? '';
    if (kind === 'input' && node) node.input[Math.floor((other / 1e6) * node.input.length)] = pick(nodes, other)?.output[0] ?? '';
    if (kind === 'int' && attribute) attribute.i = value;
    if (kind === 'ints' && attribute) attribute.ints[Math.floor((at / 1e6) * attribute.ints.length)] = value;
    if (kind === 'float' && attribute) attribute.f = Number(value);
    if (kind === 'string' && attribute) attribute.s = new TextEncoder().encode(String(value));
    if (kind === 'dims' && tensor) tensor.dims[Math.floor((other / 1e6) * tensor.dims.length)] = value;
    if (kind === 'type' && tensor) tensor.dataType = Number(BigInt.asIntN(6, value));
    if (kind === 'data' && tensor) tensor.int64Data = tensor.rawData.length === 0 ? tensor.int64Data.map(() => value) : [];
    if (kind === 'data' && tensor && tensor.rawData.length >= 8) new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset).setBigInt64(0, value, true);
    if (kind === 'shape' && port?.type?.value.case === 'tensorType') {
      const dim = pick(port.type.value.value.shape?.dim ?? [], other);
      if (dim) dim.value = { case: 'dimValue', value };
    }
    if (kind === 'repeat' && node) nodes.splice(Math.floor((other / 1e6) * nodes.length), 0, node);
    if (kind === 'nest' && node && attribute && model.graph) {
      attribute.type = AttributeProto_AttributeType.GRAPH;
      attribute.g = { ...model.graph, node: nodes.slice(0, 2) };
    }
    return toBinary(ModelProtoSchema, model);
  } catch {
    return bytes;
  }
}

/** Sizes of open dimensions, and a bound on the others: planning is tested here, not computing. */
const OPEN = 4;

/** Reads a file and plans it as far as can be without running it. Anything but a ReceptiveError is a fault. */
export function plan(bytes: Uint8Array): 'planned' | 'refused' {
  try {
    const model = readOnnx(bytes, 'fuzz', (location) => inMemory(new Uint8Array(location.length)));
    expectNoGaps(model);
    const { nodes, outputs, inputs } = model.graph;
    const known = Facts.of(knownConstants(model.graph));
    for (const { name, dtype, shape } of inputs) known.set(name, { dtype: dtype ?? 'float32', shape: (shape ?? []).map((dim) => (typeof dim === 'number' && dim >= 0 ? dim : OPEN)) });
    const names = outputs.map(({ name }) => name);
    planLeg({ nodes: liveNodes(nodes, names), index: 0, known }, names, { key: 'fuzz', openMaps: false });
    return 'planned';
  } catch (error) {
    if (error instanceof ReceptiveError) return 'refused';
    throw error;
  }
}
