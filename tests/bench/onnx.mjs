/** Writes a graph of this library as an ONNX model, so that a rival runs the very same network and weights. */
import protobuf from 'protobufjs';

/** The part of onnx.proto that is written here; field numbers are those of the official schema. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Attribute { string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5; }
  message Dim { int64 dim_value = 1; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11;
    repeated ValueInfo output = 12; }
  message Opset { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }
`, { keepCase: true });

const ints = (name, values) => ({ name, ints: [...values], type: 7 });
const int = (name, i) => ({ name, i, type: 2 });
const float = (name, f) => ({ name, f, type: 1 });
const window = (a) => [ints('kernel_shape', a.kernel), ints('strides', a.stride), ints('pads', a.pad), ints('dilations', a.dilation)];

/** How each operator type that the benchmark's networks use is called in ONNX. */
const WRITERS = {
  Conv2d: (a) => ['Conv', [...window(a), int('group', a.groups)], ['weight', 'bias']],
  BatchNorm2d: (a) => ['BatchNormalization', [float('epsilon', a.eps)], ['weight', 'bias', 'running_mean', 'running_var']],
  Activation: (a) => {
    if (a.name === 'ReLU') return ['Relu', [], []];
    if (a.name === 'ReLU6') return ['Clip', [], [], ['zero', 'six']];
    throw new Error(`the benchmark cannot write ${a.name}`);
  },
  Pool2d: (a) => {
    if (a.kind !== 'max') throw new Error('the benchmark writes max pooling only');
    return ['MaxPool', [...window(a), int('ceil_mode', a.ceil ? 1 : 0)], []];
  },
  AdaptiveAvgPool2d: (a, [, , h, w]) => {
    if (a.size.join() === '1,1') return ['GlobalAveragePool', [], []];
    if (a.size.join() === `${h},${w}`) return ['Identity', [], []];
    throw new Error(`the benchmark cannot write adaptive pooling of ${h}x${w} to ${a.size.join('x')}`);
  },
  Add: () => ['Add', [], []],
  Concat: (a) => ['Concat', [int('axis', a.dim)], []],
  Flatten: (a) => ['Flatten', [int('axis', a.startDim)], []],
  Linear: () => ['Gemm', [int('transB', 1)], ['weight', 'bias']],
  Identity: () => ['Identity', [], []],
};

export function toOnnx(graph, weights, inputShape, outputShape) {
  const value = (id) => `v${id}`;
  const node = graph.nodes.map(({ name, op, inputs, outputs, params }, index) => {
    const writer = WRITERS[op.type];
    if (!writer) throw new Error(`the benchmark cannot write ${op.type}`);
    const [op_type, attribute, roles, constants = []] = writer(op.attrs, graph.values[inputs[0]].shape);
    const named = roles.flatMap((role) => params[role] ?? []);
    const input = [...inputs.map(value), ...named, ...constants];
    return { name: `${index} ${name}`, op_type, attribute, input, output: outputs.map(value) };
  });
  const initializer = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    dims: [...shape],
    data_type: 1,
    raw_data: new Uint8Array(data.buffer),
  }));
  for (const [name, number] of [['zero', 0], ['six', 6]]) {
    initializer.push({ name, dims: [], data_type: 1, raw_data: new Uint8Array(Float32Array.of(number).buffer) });
  }
  const info = (name, shape) => ({ name, type: { tensor_type: { elem_type: 1, shape: { dim: shape.map((dim_value) => ({ dim_value })) } } } });
  const [input, output] = [value(graph.inputs[0].value), value(graph.outputs[0].value)];
  const model = { ir_version: 8, opset_import: [{ domain: '', version: 13 }] };
  const body = { name: 'net', node, initializer, input: [info(input, inputShape)], output: [info(output, outputShape)] };
  const Model = root.lookupType('Model');
  return { bytes: Model.encode(Model.fromObject({ ...model, graph: body })).finish(), input, output };
}
