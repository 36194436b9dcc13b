import type { Op } from '../graph/op.js';
import type { Work, WorkNode } from './work.js';

/**
 * Models that were trained with channels last move them back and forth around every convolution. What is done to each pixel on
 * its own is done before the move in place of after it, until a move meets the one that undoes it.
 */
export function sinkLayouts(work: Work): void {
  for (const node of work.nodes) {
    if (!work.has(node)) continue;
    const moves = node.inputs.map((value) => moveToLast(work, value));
    if (moveOf(node) === 'nchw' && moves[0]) undo(work, node, moves[0]);
    else if (moves.length > 0 && moves.every((move) => move && work.useCount(move.outputs[0] ?? -1) === 1)) sink(work, node, moves as WorkNode[]);
  }
  for (const node of work.nodes) if (moveOf(node) !== undefined && node.outputs.every((value) => work.useCount(value) === 0)) work.remove(node);
}

/** Where a node moves channels, if that is what it does. */
function moveOf({ op: { effect } }: WorkNode): 'nhwc' | 'nchw' | undefined {
  return effect?.kind === 'move' ? effect.to : undefined;
}

/** The node that moves channels last and gives this value. */
function moveToLast(work: Work, value: number): WorkNode | undefined {
  const from = work.producer(value);
  return from && moveOf(from) === 'nhwc' ? from : undefined;
}

function undo(work: Work, node: WorkNode, move: WorkNode): void {
  const [output, source] = [node.outputs[0], move.inputs[0]];
  if (output !== undefined && source !== undefined) work.redirect(output, source);
}

/** f(move(x), ...) as move(f(x, ...)). */
function sink(work: Work, node: WorkNode, moves: readonly WorkNode[]): void {
  // Not for what broadcasts one value over another: their channels need not stand in the same place.
  const op: Op | undefined = work.sameShape([...node.inputs, node.outputs[0]]) ? node.op.channelsSecond?.() : undefined;
  const [first] = moves;
  const output = node.outputs[0];
  const source = first?.inputs[0];
  if (!op || !first || output === undefined || source === undefined) return;
  const between = work.shapes.push(work.shapes[source] ?? []) - 1;
  const inputs = moves.map((move) => move.inputs[0] ?? -1);
  for (const move of new Set(moves)) work.remove(move);
  work.change(node, { op, inputs, outputs: [between] });
  work.insertBehind(node, { ...first, inputs: [between], outputs: [output] });
}
