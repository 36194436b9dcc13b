/** Pads a pooling by its own attribute instead of a layer before it, which is how other formats write it. */

/** Padding that max pooling would also pad with; `value` null is minus infinity. */
const isNeutral = ({ type, attrs }) => type === 'Pad' && attrs.mode === 'constant' && attrs.value === null;

/** The same graph without padding layers that a max pooling alone reads. */
export function mergePads(graph) {
  const merged = new Map();
  for (const pad of graph.nodes.filter(({ op }) => isNeutral(op))) {
    const readers = graph.nodes.filter(({ inputs }) => inputs.includes(pad.outputs[0]));
    const pool = readers[0];
    if (readers.length === 1 && pool.op.type === 'Pool2d' && pool.op.attrs.kind === 'max') merged.set(pool, pad);
  }
  const gone = new Set(merged.values());
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => {
    const pad = merged.get(node);
    return pad ? withPad(node, pad) : node;
  });
  return { ...graph, nodes };
}

function withPad(pool, pad) {
  const [left, right, top, bottom] = pad.op.attrs.padding;
  const added = [top, left, bottom, right];
  const attrs = { ...pool.op.attrs, pad: pool.op.attrs.pad.map((amount, i) => amount + added[i]) };
  return { ...pool, inputs: pad.inputs, op: { type: 'Pool2d', attrs } };
}
