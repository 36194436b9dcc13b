import { UnsupportedError, WeightsError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showShape, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { chooseOutputs } from '../graph/choose-outputs.js';
import type { Graph, NamedValue, Node } from '../graph/graph.js';
import { concreteShapes } from '../program/shapes.js';
import { isTensor, tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import type { OpenFeatures } from './backbone.js';
import { FEATURES, part } from './frontier.js';
import type { Vjp, VjpRequest } from './vjp.js';
import { numbersIn, tensorsIn } from './weights.js';
import type { WeightsGiven } from './weights.js';

/** What a heat map is of. */
export interface GradCamRequest {
  /** Every parameter, as `createTrainer` takes them. */
  readonly weights: WeightsGiven;
  /** One image, [1, C, H, W]. */
  readonly input: Tensor;
  /** Number of the class, from 0; the likeliest unless given. */
  readonly index?: number | undefined;
  /** Module path of the maps; the last before the layers that make scores unless given. */
  readonly layer?: string | undefined;
}

/** Where a network looks for a class: ReLU of the sum of maps, each times the mean of its gradient (Selvaraju et al. 2016, arXiv 1610.02391). */
export interface GradCam {
  /** [rows, columns] of the layer's maps; from 0 on. */
  readonly map: Tensor;
  /** The layer whose maps were weighed. */
  readonly layer: string;
  /** Number of the class. */
  readonly index: number;
  /** Its score, before a softmax. */
  readonly score: number;
}

/** What computes: a model of inference for the maps, gradients for what follows. */
export interface GradCamEngines {
  readonly open: OpenFeatures;
  readonly vjp: (graph: Graph, request: VjpRequest) => Vjp | Promise<Vjp>;
}

export const GRAD_CAM_OPTIONS = optionNames<GradCamRequest>({ weights: true, input: true, index: true, layer: true });

const SCORES = 'scores';

/**
 * Grad-CAM (Selvaraju et al. 2017, ICCV): ReLU of the sum of a layer's maps, each weighed by the mean of the gradient of a class's score with
 * respect to it. The network is cut at these maps: gradients go through what follows alone.
 * @throws ArgumentError for options; GraphError for a layer that there is not; UnsupportedError where the network has no maps before scores of
 * classes, or a value goes around them; WeightsError; what `load` and `vjp` throw
 */
export async function gradCamOf(graph: Graph, request: GradCamRequest, { open, vjp }: GradCamEngines): Promise<GradCam> {
  const { input, weights, index } = request;
  const [only, ...others] = graph.inputs;
  if (!only || others.length > 0) wrong('gradCam', 'a network of one input', String(graph.inputs.length), { as: UnsupportedError });
  if (!isTensor(input) || input.shape.length !== 4 || input.shape[0] !== 1) wrong('gradCam: input', 'a tensor of one image, [1, C, H, W]', isTensor(input) ? showShape(input.shape) : showValue(input));
  const cut = cutAt(graph, concreteShapes(graph, [input.shape]), request.layer);
  const given = new Map(tensorsIn(weights).map((stored) => [stored.name, stored]));
  const of = ({ params }: Graph): Record<string, Tensor> => Object.fromEntries(params.map(({ name }) => {
    const stored = given.get(name) ?? wrong(`weights: ${name}`, 'a tensor of this name', 'none', { as: WeightsError });
    const { data, shape } = numbersIn(stored);
    return [name, tensor(data, shape)];
  }));
  const { features, scores } = await forward(open, cut.whole, of(cut.whole), input);
  const chosen = index ?? indexOfMost(scores);
  if (!Number.isInteger(chosen) || chosen < 0 || chosen >= scores.data.length) wrong('gradCam: index', `a class below ${scores.data.length}`, showValue(index));
  const upstream = tensor(scores.data.map((_, at) => (at === chosen ? 1 : 0)), scores.shape);
  const { gradients } = await vjp(cut.tail, { weights: of(cut.tail), inputs: { [FEATURES]: features }, upstream: { [SCORES]: upstream }, training: false });
  return { map: weighed(features, gradients.get(FEATURES)!), layer: cut.layer, index: chosen, score: scores.data[chosen]! };
}

/** @throws ArgumentError for options; checked where they are given */
export function checkGradCam(request: GradCamRequest, others: Parameters<typeof checkOptions>[2] = {}): void {
  const given: unknown = request;
  if (given === undefined) wrong('gradCam: options', 'weights and an input', showValue(given));
  checkOptions('gradCam', request, { ...GRAD_CAM_OPTIONS, ...others });
}

/** The maps of the layer, and the scores, in one run. */
async function forward(open: OpenFeatures, graph: Graph, weights: Record<string, Tensor>, input: Tensor): Promise<{ readonly features: Tensor<'float32'>; readonly scores: Tensor<'float32'> }> {
  const model = await open(graph, { weights });
  try {
    const answer = await model.run(input);
    return { features: answer[FEATURES] as Tensor<'float32'>, scores: answer[SCORES] as Tensor<'float32'> };
  } finally {
    await model.dispose();
  }
}

const indexOfMost = ({ data }: Tensor): number => data.reduce((best, value, at) => (value > data[best]! ? at : best), 0);

interface Cut {
  /** From the input to the maps and the scores. */
  readonly whole: Graph;
  /** From the maps to the scores. */
  readonly tail: Graph;
  readonly layer: string;
}

function cutAt(graph: Graph, shapes: readonly (readonly number[])[], asked: string | undefined): Cut {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const scores = scoresOf(graph, makers, shapes);
  const value = asked === undefined ? lastMaps(scores, makers, shapes) : chooseOutputs(graph, [asked]).outputs[0]!.value;
  const layer = asked ?? nameOf(graph, value, makers);
  const shape = shapes[value] ?? [];
  if (shape.length !== 4) wrong('gradCam: layer', 'a layer with maps', `${layer}, which gives ${showShape(shape)}`, { as: UnsupportedError });
  const ends: readonly NamedValue[] = [{ name: SCORES, value: scores }];
  const nodes = nodesBetween(graph, value, scores, layer);
  return {
    whole: { ...graph, outputs: [{ name: FEATURES, value }, ...ends] },
    tail: part(graph, nodes, [{ name: FEATURES, value }], ends),
    layer,
  };
}

/** The first output; before a softmax, which makes the score of each class depend on those of all. */
function scoresOf({ outputs }: Graph, makers: ReadonlyMap<number, Node>, shapes: readonly (readonly number[])[]): number {
  let value = outputs[0]?.value ?? -1;
  const shape = shapes[value] ?? [];
  if (shape.length < 2 || shape.slice(2).some((size) => size !== 1)) wrong('gradCam', 'a network whose first output is scores of classes', showShape(shape), { as: UnsupportedError });
  for (let node = makers.get(value); node && /softmax/i.test(node.op.probabilities ?? ''); node = makers.get(value)) value = node.inputs[0]!;
  return value;
}

/** Goes back from the scores over the layer that made them to maps of more than one pixel. */
function lastMaps(scores: number, makers: ReadonlyMap<number, Node>, shapes: readonly (readonly number[])[]): number {
  const shapeOf = (value: number): readonly number[] => shapes[value] ?? [];
  let weighs = false;
  let value = scores;
  for (let node = makers.get(value); node; node = makers.get(value)) {
    const [, , height = 1, width = 1, ...more] = shapeOf(value);
    const found = weighs && shapeOf(value).length === 4 && more.length === 0 && height * width > 1;
    if (found && node.op.effect?.kind !== 'identity') return value;
    if (node.inputs.length !== 1) refuse(`${node.name} reads ${node.inputs.length} values`);
    weighs ||= node.op.macs(node.inputs.map(shapeOf), node.outputs.map(shapeOf)) > 0;
    value = node.inputs[0]!;
  }
  return refuse('the input comes before any');
}

function refuse(why: string): never {
  wrong('gradCam', 'a network with maps before the layers that make its scores', `${why}, seen from the scores`, { as: UnsupportedError, hint: 'the option layer names maps' });
}

/** The longest module path of a value. */
function nameOf({ modules }: Graph, value: number, makers: ReadonlyMap<number, Node>): string {
  const names = Object.entries(modules).flatMap(([name, of]) => (of === value ? [name] : []));
  return names.reduce((longest, name) => (name.length > longest.length ? name : longest), names[0] ?? makers.get(value)?.name ?? '');
}

/** @throws UnsupportedError where scores depend on more than the value */
function nodesBetween(graph: Graph, value: number, scores: number, layer: string): readonly Node[] {
  const inputs = new Set(graph.inputs.map((input) => input.value));
  const wanted = new Set([scores]);
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => output !== value && wanted.has(output))) return false;
    node.inputs.forEach((input) => wanted.add(input));
    return true;
  });
  if (!wanted.has(value) || scores === value) wrong('gradCam: layer', 'a layer that the scores depend on', layer, { as: UnsupportedError });
  if ([...inputs].some((input) => wanted.has(input))) wrong('gradCam: layer', 'a layer that all goes through', `${layer}, which values go around`, { as: UnsupportedError });
  return nodes.reverse();
}

/** ReLU of the sum over maps, each times the mean of its gradient. */
function weighed({ data, shape: [, channels = 0, height = 0, width = 0] }: Tensor<'float32'>, gradient: Tensor): Tensor {
  const pixels = height * width;
  const map = new Float64Array(pixels);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let at = c * pixels; at < (c + 1) * pixels; at++) sum += gradient.data[at]!;
    for (let at = 0; at < pixels; at++) map[at]! += (sum / pixels) * data[c * pixels + at]!;
  }
  return tensor(Float32Array.from(map, (value) => Math.max(0, value)), [height, width]);
}
