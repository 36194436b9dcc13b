import type { Work, WorkNode } from './work.js';

const isReshape = ({ op }: WorkNode): boolean => op.effect?.kind === 'reshape';

/** Of a reshape of a reshape only the last counts. */
export function mergeReshapes(work: Work): void {
  for (const node of work.nodes) {
    const before = work.has(node) && isReshape(node) ? work.producer(node.inputs[0]) : undefined;
    const source = before?.inputs[0];
    if (!before || !isReshape(before) || source === undefined) continue;
    work.change(node, { inputs: [source] });
    if (work.useCount(before.outputs[0] ?? -1) === 0) work.remove(before);
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
