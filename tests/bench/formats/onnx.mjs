/** Writes a graph of this library as an ONNX model, so that a rival runs the very same network and weights. */
import { onnxOp } from './onnx-ops.mjs';
import { encodeModel, externalFloats, floats, valueInfo } from './onnx-proto.mjs';

/**
 * @param graph - all shapes known, no operand among its parameters
 * @param external - leaves the weights out of the bytes: each is a file of its own, named as the weight. A large model is
 *   then never copied into one buffer.
 * @param names - of values, by their number, where a rival expects certain ones
 * @returns the model, the names of its input and outputs, and the files
 */
export function toOnnx(graph, weights, { external = false, names = {} } = {}) {
  const value = (id) => names[id] ?? `v${id}`;
  const shapeOf = (id) => graph.values[id].shape;
  const initializer = Object.entries(weights).map(([name, { shape, data }]) => {
    return external ? externalFloats(name, shape, data) : floats(name, shape, data);
  });
  const node = graph.nodes.map(({ name, op, inputs, outputs, params }, index) => {
    const { type, attributes, roles, constants } = onnxOp(op, shapeOf(inputs[0]), shapeOf(outputs[0]));
    const own = constants.map((tensor) => ({ ...tensor, name: `${index}.${tensor.name}` }));
    initializer.push(...own);
    const named = roles.flatMap((role) => params[role] ?? []);
    const input = [...inputs.map(value), ...named, ...own.map((tensor) => tensor.name)];
    return { name: `${index} ${name}`, op_type: type, attribute: attributes, input, output: outputs.map(value) };
  });
  const ports = (list) => list.map((port) => valueInfo(value(port.value), shapeOf(port.value)));
  const body = { name: 'net', node, initializer, input: ports(graph.inputs), output: ports(graph.outputs) };
  const files = external ? Object.entries(weights).map(([path, { data }]) => ({ path, data: new Uint8Array(data.buffer) })) : [];
  return {
    bytes: encodeModel({ ir_version: 8, opset_import: [{ domain: '', version: 17 }], graph: body }),
    files,
    input: value(graph.inputs[0].value),
    outputs: graph.outputs.map((port) => value(port.value)),
  };
}
