import { ACTIVATIONS } from '../contract/words.js';
import { activationOp } from '../ops/activation/op.js';
import type { ActivationWords } from '../graph/op.js';
import type { Work } from './work.js';

/** x * gate(x), and the activation that it is. */
const GATES: readonly { readonly name: string; readonly gate: ActivationWords; readonly whole: ActivationWords }[] = [
  { name: 'silu', gate: [ACTIVATIONS.sigmoid, 0, 0], whole: [ACTIVATIONS.silu, 0, 0] },
  { name: 'hardswish', gate: [ACTIVATIONS.hardSigmoid, 1 / 6, 0.5], whole: [ACTIVATIONS.hardSwish, 0, 0] },
];

/** Exporters write SiLU and hard-swish as products; as activations they join the layer before them. */
export function fuseGates(work: Work): void {
  for (const node of work.nodes) {
    const [a, b] = node.inputs;
    if (node.op.effect?.kind !== 'product' || a === undefined || b === undefined || a === b) continue;
    for (const [x, gated] of [[a, b], [b, a]] as const) {
      const gate = work.producer(gated);
      const effect = gate?.op.effect;
      const found = effect?.kind === 'activation' && GATES.find(({ gate: words }) => sameWords(effect.words, words));
      if (!gate || !found || gate.inputs[0] !== x || work.useCount(gated) !== 1) continue;
      work.change(node, { op: activationOp({ name: found.name, words: found.whole }), inputs: [x] });
      work.remove(gate);
      break;
    }
  }
}

/** Parameters come through files as float32. */
function sameWords(a: ActivationWords, b: ActivationWords): boolean {
  return a.every((word, i) => Math.fround(word) === Math.fround(b[i] ?? 0));
}
