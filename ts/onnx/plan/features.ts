import { expectScores, lastFeatures } from '../../graph/features.js';
import type { FeatureValue, Step } from '../../graph/features.js';
import type { OnnxGraph, OnnxNode } from '../form/types.js';

/** Operators that may stand behind a classifier, besides those that a constant is added to or multiplied by. */
const PASSING = new Set((
  'Identity Dropout Cast Reshape Squeeze Unsqueeze Flatten Transpose Clip Relu LeakyRelu HardSigmoid HardSwish Tanh Exp Log Softmax LogSoftmax Sigmoid ' +
  'GlobalAveragePool GlobalMaxPool AveragePool MaxPool ReduceMean ReduceMax ReduceSum QuantizeLinear DequantizeLinear Add Sub Mul Div'
).split(' '));

/** Those of them that make one number of several places. */
const JOINING = new Set('GlobalAveragePool GlobalMaxPool AveragePool MaxPool ReduceMean ReduceMax ReduceSum'.split(' '));

/** The value that the classifier of a model reads. @throws UnsupportedError where there is none */
export function onnxFeatures({ nodes, outputs, initializers }: OnnxGraph): FeatureValue<string> {
  const [output] = outputs;
  expectScores(output?.shape);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = new Map<string, boolean>();
  const isConstant = (name: string): boolean => {
    const known = name === '' || initializers.has(name) || constants.get(name);
    if (known !== undefined && known !== false) return true;
    if (constants.has(name)) return false;
    constants.set(name, false);
    const maker = makers.get(name);
    const found = maker?.inputs.every(isConstant) ?? false;
    constants.set(name, found);
    return found;
  };
  return lastFeatures(output?.name ?? '', (name) => {
    const node = makers.get(name);
    return node && stepOf(node, isConstant, initializers);
  });
}

function stepOf(node: OnnxNode, isConstant: (name: string) => boolean, initializers: OnnxGraph['initializers']): Step<string> {
  const { name, domain, inputs, op } = node;
  const known = domain === '';
  return { name, reads: inputs.filter((input) => !isConstant(input)), weighs: known ? weighs(node, isConstant, initializers) : undefined, passes: known && PASSING.has(op), joins: known && JOINING.has(op) };
}

/** The dimension of the features of an operator that weighs them with constants. */
function weighs({ op, inputs: [x = '', weight = ''], attributes }: OnnxNode, isConstant: (name: string) => boolean, initializers: OnnxGraph['initializers']): Step<string>['weighs'] {
  if (isConstant(x) || !isConstant(weight)) return undefined;
  if (op === 'Gemm' || op === 'MatMul') return 'last';
  if (op !== 'Conv') return undefined;
  const [kernel, group] = [attributes.get('kernel_shape'), attributes.get('group')];
  const sides = kernel?.kind === 'ints' ? kernel.value : initializers.get(weight)?.shape.slice(2);
  const whole = group?.kind !== 'int' || group.value === 1;
  return whole && sides?.every((side) => side === 1) ? 'second' : undefined;
}
