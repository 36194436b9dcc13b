import type { Op } from '../graph/op.js';
import { producer, useCount } from './work.js';
import type { Work, WorkNode } from './work.js';

/**
 * Puts a node's work into the node that writes its input. Only where nothing else reads that value and it is no output,
 * since it will not exist any more.
 */
function absorb(work: Work, node: WorkNode, into: WorkNode, op: Op): void {
  into.op = op;
  into.outputs = node.outputs;
  work.nodes = work.nodes.filter((other) => other !== node);
}

function onlyProducer(work: Work, node: WorkNode): WorkNode | undefined {
  const value = node.inputs[0];
  return value !== undefined && useCount(work, value) === 1 ? producer(work, value) : undefined;
}

/** Lets a convolution or pooling pad by itself, which costs nothing. */
export function foldPads(work: Work): void {
  for (const node of [...work.nodes]) {
    const pad = onlyProducer(work, node);
    const padded = pad?.op.pads && node.op.withPads?.(pad.op.pads.amounts, pad.op.pads.value);
    const source = pad?.inputs[0];
    if (!pad || !padded || source === undefined) continue;
    node.op = padded;
    node.inputs = [source, ...node.inputs.slice(1)];
    work.nodes = work.nodes.filter((other) => other !== pad);
  }
}

/** Folds a BatchNorm into the convolution before it. */
export function foldNorms(work: Work): void {
  for (const node of [...work.nodes]) {
    const { norm } = node.op;
    const into = norm && onlyProducer(work, node);
    const folded = norm && into?.op.withNorm?.(norm.eps);
    if (!into || !folded) continue;
    for (const [role, name] of Object.entries(node.params)) into.params[`norm.${role}`] = name;
    absorb(work, node, into, folded);
  }
}

/**
 * Adds a residual in the convolution that is computed later of the two a sum takes: the other value is there by then.
 * Not for a sum that broadcasts.
 */
export function fuseResiduals(work: Work): void {
  for (const node of [...work.nodes]) {
    const [a, b] = node.inputs;
    if (!node.op.sum || a === undefined || b === undefined || a === b) continue;
    const place = (value: number): number => work.nodes.findIndex(({ outputs }) => outputs.includes(value));
    const [value, other] = place(a) > place(b) ? [a, b] : [b, a];
    const into = producer(work, value);
    const fused = into?.op.withResidual?.();
    if (!into || !fused || useCount(work, value) !== 1 || !sameShape(work, [value, other, node.outputs[0]])) continue;
    into.inputs = [...into.inputs, other];
    absorb(work, node, into, fused);
  }
}

function sameShape(work: Work, values: readonly (number | undefined)[]): boolean {
  const shapes = values.map((value) => JSON.stringify(value === undefined ? null : work.shapes[value]));
  return shapes.every((shape) => shape === shapes[0]);
}

/** Applies an activation where its input is stored. */
export function fuseActivations(work: Work): void {
  for (const node of [...work.nodes]) {
    const { activation } = node.op;
    const into = activation && onlyProducer(work, node);
    const fused = activation && into?.op.withActivation?.(activation);
    if (into && fused) absorb(work, node, into, fused);
  }
}
