import type { Work, WorkNode } from './work.js';

const isReshape = ({ op }: WorkNode): boolean => op.effect?.kind === 'reshape';

/** Of a reshape of a reshape only the last counts, and that only where the shape is another. */
export function mergeReshapes(work: Work): void {
  for (const node of work.nodes) {
    if (!work.has(node) || !isReshape(node)) continue;
    const before = work.producer(node.inputs[0]);
    const source = before?.inputs[0];
    if (before && isReshape(before) && source !== undefined) {
      work.change(node, { inputs: [source] });
      if (work.useCount(before.outputs[0] ?? -1) === 0) work.remove(before);
    }
    const [from, to] = [node.inputs[0] ?? -1, node.outputs[0] ?? -1];
    if (!work.sameShape([from, to])) continue;
    work.redirect(to, from);
    work.remove(node);
  }
}

/** Effects of operators that do the same to each element, or to each pair, whatever the shape. */
const OF_ELEMENTS: readonly (string | undefined)[] = ['activation', 'sum', 'product'];

/**
 * f(reshape(x), ...) as reshape(f(x, ...)): lines [N, C, L] are maps of one row for a convolution, and become lines again behind it. Past what
 * is between two of them a reshape meets the next.
 */
export function sinkReshapes(work: Work): void {
  for (const node of work.nodes) {
    const [output] = node.outputs;
    if (output === undefined || !OF_ELEMENTS.includes(node.op.effect?.kind)) continue;
    const reshapes = node.inputs.map((value) => work.producer(value));
    const sources = reshapes.map((reshape) => (reshape && isReshape(reshape) ? (reshape.inputs[0] ?? -1) : -1));
    const [first] = reshapes;
    if (!first || sources.includes(-1) || !work.sameShape(sources) || !work.sameShape([...node.inputs, output])) continue;
    const between = work.shapes.push(work.shapes[sources[0]!] ?? []) - 1;
    work.change(node, { inputs: sources, outputs: [between] });
    work.insertBehind(node, { ...first, inputs: [between], outputs: [output] });
  }
}

/** Numbers that JSON does not tell apart. */
function spelled(_: string, value: unknown): unknown {
  return typeof value !== 'number' || Number.isFinite(value / value) ? value : `${Object.is(value, -0) ? '-' : ''}${value}`;
}

/** Nodes that compute the same of the same values become one. A graph's outputs keep their own nodes. */
export function shareEqual(work: Work): void {
  const known = new Map<string, WorkNode>();
  for (const node of work.nodes) {
    const key = JSON.stringify([node.op.type, node.op.attrs, node.inputs, node.params], spelled);
    const [same, output] = [known.get(key), node.outputs[0]];
    if (!same || node.outputs.length !== 1 || output === undefined || work.outputs.includes(output)) {
      known.set(key, same ?? node);
      continue;
    }
    work.redirect(output, same.outputs[0] ?? -1);
    work.remove(node);
  }
}
