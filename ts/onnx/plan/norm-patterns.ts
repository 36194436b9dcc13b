import type { Matcher, Match } from './matcher.js';
import type { AttributeValue, OnnxNode } from '../form/types.js';

/** The input of a mean over the last dimension, which stays as one of 1. */
function averaged(graph: Matcher, mean: OnnxNode | undefined): string | undefined {
  if (!mean) return undefined;
  const axes = mean.attributes.get('axes');
  const listed = axes?.kind === 'ints' ? axes.value : graph.number(mean.inputs[1]);
  const kept = mean.attributes.get('keepdims');
  const stays = kept === undefined || (kept.kind === 'int' && kept.value === 1);
  return stays && String(listed) === '-1' ? mean.inputs[0] : undefined;
}

/** d in d * d or d ^ 2. */
function squared(graph: Matcher, node: OnnxNode | undefined): string | undefined {
  const [a, b] = node?.inputs ?? [];
  if (node?.op === 'Pow') return graph.is(b, 2) ? a : undefined;
  return a === b ? a : undefined;
}

/** The other operand, where one is this value. */
function beside(node: OnnxNode | undefined, value: string | undefined): string | undefined {
  const [a, b] = node?.inputs ?? [];
  return a === value ? b : b === value ? a : undefined;
}

/** A vector that lies along the last dimension. */
const isVector = (graph: Matcher, name: string | undefined): boolean => graph.constant(name)?.shape.length === 1;

/** (x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps) * scale + bias over the last dimension, from the quotient on (Ba et al. 2016, arXiv 1607.06450). */
export function layerNorm(graph: Matcher, quotient: OnnxNode): Match | undefined {
  if (quotient.op !== 'Div' || quotient.domain !== '') return undefined;
  const [difference, root] = [graph.from(quotient.inputs[0], 'Sub'), graph.from(quotient.inputs[1], 'Sqrt')];
  const sum = graph.from(root?.inputs[0], 'Add');
  const variance = graph.from(sum?.inputs[0], 'ReduceMean') ?? graph.from(sum?.inputs[1], 'ReduceMean');
  const eps = graph.number(beside(sum, variance?.outputs[0]));
  const square = graph.from(averaged(graph, variance), 'Pow', 'Mul');
  const x = difference?.inputs[0];
  const mean = graph.from(difference?.inputs[1], 'ReduceMean');
  if (!difference || !root || !sum || !variance || !square || !mean || eps === undefined || x === undefined) return undefined;
  if (averaged(graph, mean) !== x || !isSameDifference(graph, squared(graph, square), difference)) return undefined;
  const scaled = graph.onlyReader(quotient);
  const scale = scaled?.op === 'Mul' ? beside(scaled, quotient.outputs[0]) : undefined;
  if (!scaled || scale === undefined || !isVector(graph, scale)) return undefined;
  const shifted = graph.onlyReader(scaled);
  const bias = shifted?.op === 'Add' ? beside(shifted, scaled.outputs[0]) : undefined;
  const last = shifted && bias !== undefined && isVector(graph, bias) ? shifted : scaled;
  const inner = [mean, difference, square, variance, sum, root, quotient, ...(last === scaled ? [] : [scaled])];
  if (!graph.isClosed(inner, last)) return undefined;
  const attributes = new Map<string, AttributeValue>([['axis', { kind: 'int', value: -1 }], ['epsilon', { kind: 'float', value: eps }]]);
  return { last, inner, by: { ...last, op: 'LayerNormalization', inputs: [x, scale, ...(last === scaled ? [] : [bias!])], attributes, opset: 17 } };
}

/** Some exporters write x - mean(x) once for the square, and once more. */
function isSameDifference(graph: Matcher, name: string | undefined, difference: OnnxNode): boolean {
  return name !== undefined && graph.from(name, 'Sub') === difference;
}
