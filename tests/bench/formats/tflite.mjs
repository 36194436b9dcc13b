/** Writes a graph of this library as a TensorFlow Lite model: channels-last, norms and activations folded as a converter does. */
import { product } from '../weights.mjs';
import { Writer } from './flatbuffer.mjs';
import { foldGraph } from './folded.mjs';
import { CODES, nhwc, writeStep } from './tflite-ops.mjs';

const FLOAT32 = 0;
const INT32 = 2;
const SCHEMA = 3;
const FUSABLE = new Set(['ReLU', 'ReLU6']);
const RECTIFIED = new Set(['ReLU', 'ReLU6']);
/** Room for everything beside the weights. */
const EXTRA_BYTES = 1 << 20;

/** Tensors and operators as they come; buffer 0 is the empty one. */
class Model {
  tensors = [];
  operators = [];
  buffers = [undefined];
  values = new Map();

  constructor(shapes, steps) {
    this.shapes = shapes;
    this.makers = new Map(steps.map((step) => [step.output, step]));
  }

  shapeOf(id) {
    return this.shapes[id];
  }

  /** The map that this value was before it was flattened. */
  flattenedMap(id) {
    const maker = this.makers.get(id);
    const shape = maker?.type === 'Flatten' ? this.shapes[maker.inputs[0]] : [];
    return shape.length === 4 ? shape : undefined;
  }

  /** Whether a value has no negative numbers. */
  isRectified(id) {
    const { type, attrs, activation } = this.makers.get(id) ?? {};
    return RECTIFIED.has(type === 'Activation' ? attrs.name : activation?.name);
  }

  value(id) {
    if (!this.values.has(id)) this.values.set(id, this.tensor(nhwc(this.shapes[id])));
    return this.values.get(id);
  }

  tensor(shape, type = FLOAT32, data) {
    const buffer = data ? this.buffers.push(data) - 1 : 0;
    return this.tensors.push({ shape, type, buffer }) - 1;
  }

  floats(data, shape) {
    return this.tensor(shape, FLOAT32, data);
  }

  int32s(list, shape = [list.length]) {
    return this.tensor(shape, INT32, Int32Array.from(list));
  }

  operator(name, inputs, outputs, options) {
    this.operators.push({ name, inputs, outputs, options });
  }
}

/** @returns the bytes of a model with the graph's inputs and outputs in their order */
export function toTflite(graph, weights) {
  const { steps, outputs } = foldGraph(graph, weights, FUSABLE, ['Add']);
  const model = new Model(graph.values.map(({ shape }) => shape), steps);
  const inputs = graph.inputs.map(({ value }) => model.value(value));
  for (const step of steps) writeStep(model, step);
  return encode(model, inputs, outputs.map((id) => model.value(id)));
}

function encode(model, inputs, outputs) {
  const bytes = model.buffers.reduce((sum, data) => sum + (data?.byteLength ?? 0) + 64, EXTRA_BYTES);
  const writer = new Writer(bytes);
  const buffers = model.buffers.map((data) => writer.table(data ? [['offset', writer.bytes(data)]] : []));
  const tensors = model.tensors.map(({ shape, type, buffer }, index) => {
    const [dims, name] = [writer.int32s(shape), writer.string(`t${index}`)];
    return writer.table([['offset', dims], ['i8', type], ['i32', buffer], ['offset', name]]);
  });
  const names = [...new Set(model.operators.map(({ name }) => name))];
  const codes = names.map((name) => writer.table([['i8', CODES[name].code], undefined, ['i32', CODES[name].version ?? 1], ['i32', CODES[name].code]]));
  const operators = model.operators.map((operator) => encodeOperator(writer, operator, names));
  const lists = [writer.offsets(tensors), writer.int32s(inputs), writer.int32s(outputs), writer.offsets(operators)];
  const subgraph = writer.table(lists.map((list) => ['offset', list]));
  const parts = [writer.offsets(codes), writer.offsets([subgraph]), writer.string('receptive benchmark'), writer.offsets(buffers)];
  return writer.finish(writer.table([['i32', SCHEMA], ...parts.map((part) => ['offset', part])]), 'TFL3');
}

function encodeOperator(writer, { name, inputs, outputs, options }, names) {
  const union = CODES[name].options;
  const made = union > 0 ? writer.table(options) : undefined;
  const [from, to] = [writer.int32s(inputs), writer.int32s(outputs)];
  const head = [['i32', names.indexOf(name)], ['offset', from], ['offset', to]];
  return writer.table(made === undefined ? head : [...head, ['i8', union], ['offset', made]]);
}
