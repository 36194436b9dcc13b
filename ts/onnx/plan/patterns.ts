import { match, Matcher } from './matcher.js';
import type { Match } from './matcher.js';
import { layerNorm } from './norm-patterns.js';
import type { OnnxGraph, OnnxNode } from '../form/types.js';

type Pattern = (graph: Matcher, node: OnnxNode) => Match | undefined;

/** Each from one of its nodes on. */
const PATTERNS: readonly Pattern[] = [gelu, hardSwish, hardSigmoid, mish, layerNorm];

/**
 * Functions that exporters write out as arithmetic, as the one operator they are. Only where nothing else reads what lies in
 * between.
 */
export function matchPatterns(nodes: readonly OnnxNode[], { initializers, outputs }: OnnxGraph): readonly OnnxNode[] {
  const graph = new Matcher(nodes, initializers, outputs.map(({ name }) => name));
  const found = nodes.flatMap((node) => {
    for (const pattern of PATTERNS) {
      const matched = pattern(graph, node);
      if (matched) return [matched];
    }
    return [];
  });
  const replaced = new Map(found.map((match) => [match.last, match.by]));
  const gone = new Set(found.flatMap(({ inner }) => inner));
  return nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node);
}

/** x / 2 * (1 + erf(x / sqrt(2))), multiplied in any order, from the error function on. */
function gelu(graph: Matcher, erf: OnnxNode): Match | undefined {
  if (erf.op !== 'Erf' || erf.domain !== '') return undefined;
  const scaled = graph.made(erf.inputs[0], 'Div', 'Mul');
  const x = graph.divided(scaled, Math.SQRT2);
  const sum = graph.onlyReader(erf);
  const product = sum?.op === 'Add' && graph.other(sum, 1) === erf.outputs[0] ? graph.onlyReader(sum) : undefined;
  if (!scaled || !sum || x === undefined || product?.op !== 'Mul') return undefined;
  const factor = product.inputs.find((name) => name !== sum.outputs[0]);
  const half = graph.made(factor, 'Mul', 'Div');
  if (half && graph.divided(half, 2) === x) return match(product, [scaled, erf, sum, half], 'Gelu', x, 20);
  const last = graph.onlyReader(product);
  const rest = last && (factor === x ? graph.divided(last, 2) : graph.is(factor, 0.5) && last.op === 'Mul' ? last.inputs.find((name) => name !== x) : undefined);
  const whole = rest === product.outputs[0] && (factor === x || last?.inputs.includes(x));
  return last && whole ? match(last, [scaled, erf, sum, product], 'Gelu', x, 20) : undefined;
}

/** min(max(x + 3, 0), 6) / 6, from the clip on. */
function hardSigmoid(graph: Matcher, clip: OnnxNode): Match | undefined {
  if (clip.op !== 'Clip' || clip.domain !== '' || !graph.is(clip.inputs[1], 0) || !graph.is(clip.inputs[2], 6)) return undefined;
  const sum = graph.made(clip.inputs[0], 'Add');
  const x = graph.other(sum, 3);
  const last = graph.onlyReader(clip);
  if (!sum || x === undefined || !last || graph.divided(last, 6) !== clip.outputs[0]) return undefined;
  return match(last, [sum, clip], 'HardSigmoid', x, last.opset, { alpha: 1 / 6, beta: 0.5 });
}

/** x * min(max(x + 3, 0), 6) / 6, from the clip on. */
function hardSwish(graph: Matcher, clip: OnnxNode): Match | undefined {
  if (clip.op !== 'Clip' || clip.domain !== '' || !graph.is(clip.inputs[1], 0) || !graph.is(clip.inputs[2], 6)) return undefined;
  const sum = graph.made(clip.inputs[0], 'Add');
  const x = graph.other(sum, 3);
  const product = graph.onlyReader(clip);
  const last = product?.op === 'Mul' ? graph.onlyReader(product) : undefined;
  if (!sum || x === undefined || !product?.inputs.includes(x) || !last || graph.divided(last, 6) !== product.outputs[0]) return undefined;
  return match(last, [sum, clip, product], 'HardSwish', x, 14);
}

/** x * tanh(ln(1 + exp(x))), from the softplus on. */
function mish(graph: Matcher, softplus: OnnxNode): Match | undefined {
  if (softplus.op !== 'Softplus' || softplus.domain !== '') return undefined;
  const [x] = softplus.inputs;
  const tanh = graph.onlyReader(softplus);
  const last = tanh?.op === 'Tanh' ? graph.onlyReader(tanh) : undefined;
  if (x === undefined || !tanh || last?.op !== 'Mul' || !last.inputs.includes(x)) return undefined;
  return match(last, [softplus, tanh], 'Mish', x, 18);
}
