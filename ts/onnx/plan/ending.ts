import { endingOf } from '../../graph/ending.js';
import type { Ending, Maker } from '../../graph/ending.js';
import type { OnProbabilities } from '../../graph/op.js';
import { hostOp } from '../host/registry.js';
import type { OnnxGraph, OnnxNode } from '../form/types.js';

/** What operators do to probabilities. Of `kept` the first input counts, of `joined`, which are kept as well, and `mixed` all do. */
const OPERATORS: Readonly<Record<OnProbabilities | 'joined', string>> = {
  softmax: 'Softmax Hardmax',
  logSoftmax: 'LogSoftmax',
  sigmoid: 'Sigmoid HardSigmoid com.microsoft:QLinearSigmoid',
  exp: 'Exp',
  kept:
    'Identity Dropout Constant Cast CastLike Reshape Squeeze Unsqueeze Flatten Transpose Slice Split Gather GatherElements GatherND ' +
    'Expand Clip Relu ReduceMean ReduceMax AveragePool GlobalAveragePool MaxPool GlobalMaxPool QuantizeLinear DequantizeLinear ' +
    'com.microsoft:QuantizeLinear com.microsoft:DequantizeLinear',
  joined: 'Concat Mean Max Min',
  mixed: 'Add Sub Mul Div Pow Sum Neg ReduceSum',
};

const EFFECTS = new Map(
  Object.entries(OPERATORS).flatMap(([effect, names]) => names.split(' ').map((name) => [name, effect as keyof typeof OPERATORS])),
);

/** The ending of a model's first output. */
export function onnxEnding(graph: OnnxGraph): Ending {
  const makers = new Map<string, Maker<string>[]>();
  const constants = new Set<string>();
  collect(graph, makers, constants);
  return endingOf(graph.outputs[0]?.name ?? '', (name) => (constants.has(name) && !makers.has(name) ? [CONSTANT] : (makers.get(name) ?? [])));
}

const CONSTANT: Maker<string> = { effect: 'kept', reads: [] };

/** Names of subgraphs may be those of their neighbours: a value has the makers of all. */
function collect({ nodes, initializers }: OnnxGraph, makers: Map<string, Maker<string>[]>, constants: Set<string>): void {
  for (const name of initializers.keys()) constants.add(name);
  for (const node of nodes) {
    const graphs = [...node.attributes.values()].flatMap((value) => (value.kind === 'graph' ? [value.value] : []));
    graphs.forEach((inner) => collect(inner, makers, constants));
    node.outputs.forEach((name, i) => {
      const branches = graphs.flatMap(({ outputs }) => outputs[i]?.name ?? []);
      const maker: Maker<string> = hostOp(node)?.branch ? { effect: 'kept', reads: branches } : makerOf(node);
      const known = makers.get(name);
      if (known) known.push(maker);
      else makers.set(name, [maker]);
    });
  }
}

function makerOf({ domain, op, inputs }: OnnxNode): Maker<string> {
  const effect = EFFECTS.get(domain === '' ? op : `${domain}:${op}`);
  const joined = effect === 'joined';
  return { effect: joined ? 'kept' : effect, reads: joined || effect === 'mixed' ? inputs : inputs.slice(0, 1) };
}
