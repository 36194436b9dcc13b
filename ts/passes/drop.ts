import type { Work } from './work.js';

/** Removes nodes whose output is their input (Identity, Dropout). */
export function dropIdentities(work: Work): void {
  for (const node of work.nodes.filter(({ op }) => op.effect?.kind === 'identity')) {
    const [input, output] = [node.inputs[0], node.outputs[0]];
    if (input === undefined || output === undefined) continue;
    work.redirect(output, input);
    work.remove(node);
  }
}

/** Removes nodes that no output needs. */
export function dropDead(work: Work): void {
  const needed = new Set(neededNodes(work.nodes, work.outputs));
  for (const node of work.nodes) if (!needed.has(node)) work.remove(node);
}

/** The nodes that some of these values need, in their order. */
export function neededNodes<N extends { readonly inputs: readonly number[]; readonly outputs: readonly number[] }>(
  nodes: readonly N[],
  values: readonly number[],
): N[] {
  const needed = new Set(values);
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    node.inputs.forEach((input) => needed.add(input));
    return true;
  });
  return kept.reverse();
}
