import { placing, UnsupportedError, WeightsError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showShape } from '../base/show.js';
import type { Graph } from '../graph/graph.js';
import { count } from '../graph/op.js';
import type { Init } from '../graph/rule.js';
import { ruleOf } from '../ops/grads.js';
import type { TrainEngine } from './engine.js';
import type { Numbers, SessionOptions } from './session.js';

/**
 * What parameters begin with, by name: what is given, else what is drawn by the rule for them.
 * @throws WeightsError for weights that the network does not have, or of another shape; UnsupportedError where there is no rule
 */
export function initialValues(engine: TrainEngine, { graph, weights, inits, seed }: Pick<SessionOptions, 'graph' | 'weights' | 'inits' | 'seed'>): [string, Float32Array][] {
  const rules = new Map(graph.nodes.flatMap((node, i) => rulesOf(node, i)));
  const unknown = [...weights.keys()].find((name) => !graph.params.some((param) => param.name === name));
  if (unknown !== undefined) wrong('weights', 'names of parameters of the network', unknown, { as: WeightsError });
  return graph.params.map(({ name, shape }) => {
    const given = weights.get(name);
    if (given) return [name, fitting(name, given, shape)];
    const rule = rules.get(name);
    if (!rule) throw new UnsupportedError(`${name}: it is not known how it begins; give it in weights`, { place: name });
    return [name, placing(name, () => engine.initial(inits?.get(name) ?? rule.init, seed, rule.stream, count(shape)))];
  });
}

function fitting(name: string, given: Numbers, shape: readonly number[]): Float32Array {
  const [expected, got] = [showShape(shape), showShape(given.shape)];
  if (expected === got) return given.data.slice();
  const hint = 'with partial: true it may be left out of weights, and begins at random';
  wrong(`weights: ${name}`, expected, got, { as: WeightsError, hint });
}

interface Rule {
  readonly init: Init;
  readonly stream: number;
}

function rulesOf({ op, params }: Graph['nodes'][number], node: number): [string, Rule][] {
  const inits = Object.entries(ruleOf(op.type)?.init?.(op.attrs) ?? {});
  // Streams are told apart by node and role.
  return inits.flatMap(([role, init], i): [string, Rule][] => {
    const name = params[role];
    return name === undefined ? [] : [[name, { init, stream: 8 * node + i }]];
  });
}
