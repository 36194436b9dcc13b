/**
 * A graph as a converter would hand it to an engine: batch norm multiplied into the convolution before it, the activation
 * that follows named with it, identities gone.
 */

const WEIGHTED = new Set(['Conv2d', 'ConvTranspose2d', 'Linear']);

/**
 * @param fusable - names of the activations that the engine computes together with a convolution
 * @param more - types of further operators that the engine computes together with such an activation
 * @returns steps `{ type, attrs, inputs, output, weight, bias, activation }` in order, and the values that are the outputs
 */
export function foldGraph(graph, weights, fusable, more = []) {
  const readers = readersOf(graph);
  const alias = new Map();
  const resolve = (id) => alias.get(id) ?? id;
  const done = new Set();
  const steps = [];
  for (const node of graph.nodes) {
    if (done.has(node)) continue;
    const inputs = node.inputs.map(resolve);
    const [output] = node.outputs;
    if (node.op.type === 'Identity') {
      alias.set(output, inputs[0]);
      continue;
    }
    const step = { type: node.op.type, attrs: node.op.attrs, inputs, output };
    if (WEIGHTED.has(step.type) || more.includes(step.type)) absorb(step, node, { readers, weights, fusable, done });
    steps.push(step);
  }
  return { steps, outputs: graph.outputs.map((port) => resolve(port.value)) };
}

/** Who reads each value; an output of the graph is read from outside. */
function readersOf(graph) {
  const readers = graph.values.map(() => []);
  for (const node of graph.nodes) for (const id of node.inputs) readers[id].push(node);
  for (const { value } of graph.outputs) readers[value].push(undefined);
  return readers;
}

/** Takes what follows into a step, as long as nobody else reads what lies between. */
function absorb(step, node, { readers, weights, fusable, done }) {
  const data = (name) => (name === undefined ? undefined : weights[name].data);
  step.weight = data(node.params.weight);
  step.bias = data(node.params.bias);
  for (;;) {
    const next = readers[step.output].length === 1 ? readers[step.output][0] : undefined;
    const type = next?.op.type;
    if (type === 'BatchNorm2d' && step.type === 'Conv2d') {
      Object.assign(step, foldNorm(step, next.op.attrs, (role) => data(next.params[role])));
    } else if (type === 'Activation' && fusable.has(next.op.attrs.name)) {
      step.activation = next.op.attrs;
    } else if (type !== 'Identity') {
      return;
    }
    done.add(next);
    [step.output] = next.outputs;
    if (step.activation) return;
  }
}

/** y = (w * x + b - mean) / sqrt(var + eps) * gamma + beta, in doubles; the output channel is the filter's first dimension. */
function foldNorm({ weight, bias }, { channels, eps }, parameter) {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(parameter);
  const size = weight.length / channels;
  const folded = { weight: new Float32Array(weight.length), bias: new Float32Array(channels) };
  for (let channel = 0; channel < channels; channel += 1) {
    const scale = gamma[channel] / Math.sqrt(variance[channel] + eps);
    folded.bias[channel] = beta[channel] + ((bias?.[channel] ?? 0) - mean[channel]) * scale;
    for (let i = channel * size; i < (channel + 1) * size; i += 1) folded.weight[i] = weight[i] * scale;
  }
  return folded;
}
