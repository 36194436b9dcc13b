import type { Graph, Node } from '../graph/graph.js';
import type { Reach } from '../graph/op.js';
import { neededNodes } from '../passes/drop.js';
import type { EmittedStep } from './emit.js';
import { concreteReach, windowOf } from './window.js';
import type { LayerWindow } from './window.js';

/** A layer of the graph, for `summary()`. */
export interface LayerSummary {
  /** Module path, as PyTorch's: `layer1.0.conv1`. */
  readonly name: string;
  /** What kind of layer: `Conv2d`, `ReLU`. */
  readonly type: string;
  /** What it reads: names of layers before it, or of inputs. Weights are not among them. */
  readonly inputs: readonly string[];
  /** Dimensions of its output, NCHW for maps. */
  readonly outputShape: readonly number[];
  /** Numbers in its parameters. */
  readonly params: number;
  /** Multiply-adds. */
  readonly macs: number;
  /**
   * What of its inputs a pixel of its maps depends on. Absent where that is no window: an enlargement that interpolates, maps that are
   * reshaped.
   */
  readonly window?: LayerWindow | undefined;
  /** Input pixels that one output element depends on where no edge cuts them, [vertical, horizontal]; absent where there is no map before. */
  readonly receptiveField?: readonly [number, number] | undefined;
  /** Input pixels from one output pixel to the next. */
  readonly jump?: readonly [number, number] | undefined;
  /**
   * Input pixel, [row, column], at which the receptive field of the first output pixel begins: below zero where it begins in the padding.
   * Absent where fields are not on one grid: after a transposed convolution, an enlargement, or what looks at the whole map.
   */
  readonly fieldStart?: readonly [number, number] | undefined;
  /** Steps of the program it became; none if it was folded into another layer. */
  readonly steps: readonly number[];
}

interface Field {
  readonly size: readonly [number, number];
  readonly jump: readonly [number, number];
  /** Absent where it is not known. */
  readonly start?: readonly [number, number] | undefined;
}

/** Layers that some output needs, in the graph's order, with receptive field and jump as they grow along it (Araujo et al. 2019, Distill). */
export function summarizeLayers(
  graph: Graph,
  shapes: readonly (readonly number[])[],
  steps: readonly EmittedStep[],
): LayerSummary[] {
  const fields = new Map<number, Field>();
  const names = new Map(graph.inputs.map(({ name, value }) => [value, name]));
  let whole: readonly [number, number] | undefined;
  for (const { value } of graph.inputs) {
    const shape = shapes[value] ?? [];
    if (shape.length !== 4) continue;
    whole ??= [shape[2] ?? 1, shape[3] ?? 1];
    fields.set(value, { size: [1, 1], jump: [1, 1], start: [0, 0] });
  }
  const stepsOf = new Map<Node, number[]>();
  steps.forEach(({ node }, index) => node && stepsOf.set(node.origin, [...(stepsOf.get(node.origin) ?? []), index]));
  return neededNodes(graph.nodes, graph.outputs.map(({ value }) => value)).map((node) => {
    const field = fieldAfter(node, fields, whole, shapes);
    for (const output of node.outputs) {
      names.set(output, node.name);
      if (field) fields.set(output, field);
    }
    const inputs = node.inputs.map((value) => shapes[value] ?? []);
    const outputs = node.outputs.map((value) => shapes[value] ?? []);
    return {
      name: node.name,
      type: typeName(node),
      inputs: node.inputs.map((value) => names.get(value) ?? ''),
      outputShape: outputs[0] ?? [],
      params: node.op.params.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0),
      macs: node.op.macs(inputs, outputs),
      window: windowOf(node, shapes),
      receptiveField: field?.size,
      jump: field?.jump,
      fieldStart: field?.start,
      steps: stepsOf.get(node) ?? [],
    };
  });
}

/** The type, or what the attributes call it where one type serves several layers. */
function typeName({ op: { type, attrs } }: Node): string {
  const named = typeof attrs === 'object' && attrs !== null && 'name' in attrs ? attrs['name'] : undefined;
  return typeof named === 'string' ? named : type;
}

function fieldAfter(
  { op, inputs, outputs }: Node,
  fields: ReadonlyMap<number, Field>,
  whole: readonly [number, number] | undefined,
  shapes: readonly (readonly number[])[],
): Field | undefined {
  const before = inputs.flatMap((value) => fields.get(value) ?? []);
  const first = before[0];
  if (!first) return undefined;
  const around = union(before);
  const reach = concreteReach(op.reach, shapes[inputs[0] ?? -1] ?? []);
  if (reach === undefined) return { ...around, start: sameGrid([...inputs, ...outputs], shapes) ? around.start : undefined };
  if (reach === 'unknown') return { ...around, start: undefined };
  if (reach === 'global') return { size: whole ?? around.size, jump: first.jump };
  const [vertical, horizontal] = [grow(reach, 0, around), grow(reach, 1, around)];
  const start = vertical.start === undefined || horizontal.start === undefined ? undefined : ([vertical.start, horizontal.start] as const);
  return { size: [vertical.size, horizontal.size], jump: [vertical.jump, horizontal.jump], start };
}

/** What several inputs see together: from the first pixel of any to the last of any, where all are on one grid. */
function union(fields: readonly Field[]): Field {
  const { jump } = fields[0]!;
  const least = (axis: 0 | 1): number => Math.min(...fields.map(({ start }) => start?.[axis] ?? NaN));
  const start = [least(0), least(1)] as const;
  const oneGrid = !start.includes(NaN) && fields.every((field) => field.jump[0] === jump[0] && field.jump[1] === jump[1]);
  const size = (axis: 0 | 1): number => Math.max(...fields.map((field) => field.size[axis] + (oneGrid ? (field.start?.[axis] ?? 0) - start[axis] : 0)));
  return { size: [size(0), size(1)], jump, start: oneGrid ? start : undefined };
}

/** Whether all are maps of one height and width: what has no window and changes them (Pad, Slice) moves pixels. */
function sameGrid(values: readonly number[], shapes: readonly (readonly number[])[]): boolean {
  const sizes = values.map((value) => shapes[value] ?? []).filter(({ length }) => length === 4).map(([, , height, width]) => `${height} ${width}`);
  return new Set(sizes).size === 1;
}

function grow(reach: Extract<Reach, { kernel: unknown }>, axis: 0 | 1, { size: sizes, jump, start }: Field): { size: number; jump: number; start?: number | undefined } {
  const [kernel, dilation, stride, size] = [reach.kernel[axis], reach.dilation[axis], reach.stride[axis], sizes[axis]];
  if (!reach.up) {
    const from = start && start[axis] - (reach.pad?.[axis] ?? 0) * jump[axis];
    return { size: size + (kernel - 1) * dilation * jump[axis], jump: jump[axis] * stride, start: from };
  }
  // An output pixel of a transposed convolution is reached by every stride-th tap.
  const taps = Math.ceil(((kernel - 1) * dilation + 1) / stride);
  return { size: size + (taps - 1) * jump[axis], jump: jump[axis] / stride };
}
