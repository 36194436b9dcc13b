import type { AttributeValue, OnnxNode } from '../form/types.js';

/** Nodes that compute what a node does; undefined where it is in a form that these do not say. */
type Rewrite = (node: OnnxNode) => readonly OnnxNode[] | undefined;

/** The operators that are written here mean the same in it and all later ones. */
const OPSET = 20;

const int = (value: number): AttributeValue => ({ kind: 'int', value });
const float = (value: number): AttributeValue => ({ kind: 'float', value });

function numberOf({ attributes }: OnnxNode, name: string, otherwise: number): number {
  const found = attributes.get(name);
  return found?.kind === 'int' || found?.kind === 'float' ? found.value : otherwise;
}

function wordOf({ attributes }: OnnxNode, name: string): string {
  const found = attributes.get(name);
  return found?.kind === 'string' ? found.value : '';
}

/** Writes nodes of ONNX in place of one: values in between are named after its output. */
class Writer {
  readonly nodes: OnnxNode[] = [];

  constructor(private readonly of: OnnxNode) {}

  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.several(1, op, inputs, attributes)[0]!;
  }

  /** Parts along an axis. */
  split(parts: number, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>>): readonly string[] {
    return this.several(parts, 'Split', inputs, attributes);
  }

  private several(count: number, op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>>): readonly string[] {
    const base = this.of.outputs.find((name) => name !== '') ?? this.of.name;
    const outputs = Array.from({ length: count }, (_, i) => `${base} (${this.nodes.length}${count > 1 ? `.${i}` : ''})`);
    this.nodes.push({ name: `${this.of.name}/${op}`, op, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)), opset: OPSET });
    return outputs;
  }

  number(value: number): string {
    return this.add('Constant', [], { value_float: float(value) });
  }

  /** The sum of those that are there. */
  sum(...values: readonly (string | undefined)[]): string {
    return values.filter((value) => value !== undefined && value !== '').reduce<string | undefined>((a, b) => (a === undefined ? b : this.add('Add', [a, b!])), undefined) ?? '';
  }

  /** Ends with values for the outputs of the node, in their order. */
  end(...values: readonly string[]): readonly OnnxNode[] | undefined {
    if (this.of.outputs.some((name, i) => name !== '' && values[i] === undefined)) return undefined;
    values.forEach((value, i) => {
      const to = this.of.outputs[i];
      if (to) this.nodes.push({ name: `${this.of.name} ${i}`, op: 'Identity', domain: '', inputs: [value], outputs: [to], attributes: new Map(), opset: OPSET });
    });
    return this.nodes;
  }
}

const gelu = (approximate: 'none' | 'tanh'): Rewrite => (node) => {
  const writer = new Writer(node);
  return writer.end(writer.add('Gelu', [writer.sum(node.inputs[0], node.inputs[1])], { approximate: { kind: 'string', value: approximate } }));
};

/** x * sigmoid(alpha * x) */
const quickGelu: Rewrite = (node) => {
  const writer = new Writer(node);
  const [x = ''] = node.inputs;
  const gate = writer.add('Sigmoid', [writer.add('Mul', [x, writer.number(numberOf(node, 'alpha', 1.702))])]);
  return writer.end(writer.add('Mul', [x, gate]));
};

/** alpha * A B, each transposed or not; matrices of any number of dimensions. */
const fusedMatMul: Rewrite = (node) => {
  if (numberOf(node, 'transBatchA', 0) !== 0 || numberOf(node, 'transBatchB', 0) !== 0) return undefined;
  const writer = new Writer(node);
  const [a, b] = [numberOf(node, 'transA', 0) === 0 ? 'ij' : 'ji', numberOf(node, 'transB', 0) === 0 ? 'jk' : 'kj'];
  const plain = a === 'ij' && b === 'jk';
  const product = plain ? writer.add('MatMul', node.inputs) : writer.add('Einsum', node.inputs, { equation: { kind: 'string', value: `...${a},...${b}->...ik` } });
  const alpha = numberOf(node, 'alpha', 1);
  return writer.end(alpha === 1 ? product : writer.add('Mul', [product, writer.number(alpha)]));
};

/** An activation by its name, with the attributes that it has. */
function activated(writer: Writer, value: string, name: string, params: readonly number[]): string | undefined {
  const [alpha, beta] = params;
  switch (name) {
    case '': return value;
    case 'Relu': case 'Sigmoid': case 'Tanh': return writer.add(name, [value]);
    case 'LeakyRelu': return writer.add(name, [value], { alpha: float(alpha ?? 0.01) });
    case 'HardSigmoid': return writer.add(name, [value], { alpha: float(alpha ?? 0.2), beta: float(beta ?? 0.5) });
    case 'Clip': return writer.add(name, [value, ...(params.length === 0 ? [] : [writer.number(alpha ?? 0), writer.number(beta ?? 0)])]);
    default: return undefined;
  }
}

const listOf = ({ attributes }: OnnxNode, name: string): readonly number[] => {
  const found = attributes.get(name);
  return found?.kind === 'floats' ? found.value : [];
};

const without = ({ attributes }: OnnxNode, ...names: readonly string[]): Readonly<Record<string, AttributeValue>> =>
  Object.fromEntries([...attributes].filter(([name]) => !names.includes(name)));

const fusedConv: Rewrite = (node) => {
  const writer = new Writer(node);
  const [x = '', w = '', b = '', z] = node.inputs;
  const conv = writer.add('Conv', b === '' ? [x, w] : [x, w, b], without(node, 'activation', 'activation_params'));
  const y = activated(writer, writer.sum(conv, z), wordOf(node, 'activation'), listOf(node, 'activation_params'));
  return y === undefined ? undefined : writer.end(y);
};

const fusedGemm: Rewrite = (node) => {
  const writer = new Writer(node);
  const params = ['activation_alpha', 'activation_beta'].flatMap((name) => (node.attributes.has(name) ? [numberOf(node, name, 0)] : []));
  const gemm = writer.add('Gemm', node.inputs, without(node, 'activation', 'activation_alpha', 'activation_beta', 'activation_gamma'));
  const y = activated(writer, gemm, wordOf(node, 'activation'), params);
  return y === undefined ? undefined : writer.end(y);
};

/** x / sqrt(mean(x^2) + epsilon) * scale over the last dimension (Zhang and Sennrich 2019, arXiv 1910.07467). */
function rootMeanSquare(writer: Writer, node: OnnxNode, x: string, scale: string): string {
  const axes = writer.add('Constant', [], { value_ints: { kind: 'ints', value: [-1] } });
  const mean = writer.add('ReduceMean', [writer.add('Mul', [x, x]), axes]);
  const root = writer.add('Sqrt', [writer.add('Add', [mean, writer.number(numberOf(node, 'epsilon', 1e-5))])]);
  return writer.add('Mul', [writer.add('Div', [x, root]), scale]);
}

const simplified: Rewrite = (node) => {
  if (numberOf(node, 'axis', -1) !== -1) return undefined;
  const writer = new Writer(node);
  const [x = '', scale = ''] = node.inputs;
  return writer.end(rootMeanSquare(writer, node, x, scale));
};

/** A norm of a sum; its last output is that sum. Mean and deviation are not given out. */
const skip = (norm: 'layer' | 'root'): Rewrite => (node) => {
  if (node.outputs[1] || node.outputs[2]) return undefined;
  const writer = new Writer(node);
  const [x, other, scale = '', shift, bias] = norm === 'layer' ? node.inputs : [...node.inputs.slice(0, 3), '', node.inputs[3]];
  const sum = writer.sum(x, other, bias);
  const normed = norm === 'root'
    ? rootMeanSquare(writer, node, sum, scale)
    : writer.add('LayerNormalization', shift ? [sum, scale, shift] : [sum, scale], { axis: int(-1), epsilon: float(numberOf(node, 'epsilon', 1e-5)) });
  return writer.end(normed, '', '', sum);
};

/** Attention of heads that lie in the last dimension; the scores of queries to keys are no output of it. */
function attention(writer: Writer, node: OnnxNode, inputs: readonly string[]): readonly OnnxNode[] | undefined {
  const heads = int(numberOf(node, 'num_heads', 0));
  const scale = numberOf(node, 'scale', 0);
  const attributes = { q_num_heads: heads, kv_num_heads: heads, is_causal: int(numberOf(node, 'unidirectional', 0)), ...(scale !== 0 && { scale: float(scale) }) };
  return writer.end(writer.add('Attention', inputs, attributes));
}

/** Queries, keys and values that are computed here from one sequence. */
const selfAttention: Rewrite = (node) => {
  const [x = '', weights = '', bias, mask, past, added = ''] = node.inputs;
  if (mask || past || numberOf(node, 'do_rotary', 0) !== 0) return undefined;
  const writer = new Writer(node);
  const all = writer.sum(writer.add('MatMul', [x, weights]), bias);
  const sizes = node.attributes.get('qkv_hidden_sizes');
  const axis = { axis: int(-1) };
  const parts = sizes?.kind === 'ints' ? writer.split(3, [all, writer.add('Constant', [], { value_ints: sizes })], axis) : writer.split(3, [all], { ...axis, num_outputs: int(3) });
  return attention(writer, node, [...parts, added]);
};

/** Queries, keys and values that are given apart, each with its part of a bias. */
const multiHead: Rewrite = (node) => {
  const [query = '', key, value, bias, padding, added = '', ...past] = node.inputs;
  // One input may hold all three, and a mask may be a list of lengths: neither is written by exporters of images.
  if (!key || !value || padding || past.some((name) => name !== '')) return undefined;
  const writer = new Writer(node);
  if (!bias) return attention(writer, node, [query, key, value, added]);
  const ints = (...numbers: readonly number[]): string => writer.add('Constant', [], { value_ints: { kind: 'ints', value: numbers } });
  const width = writer.add('Shape', [query], { start: int(2), end: int(3) });
  const twice = writer.add('Add', [width, width]);
  const bounds = [[ints(0), width], [width, twice], [twice, ints(Number.MAX_SAFE_INTEGER)]];
  const shifted = [query, key, value].map((name, i) => writer.sum(name, writer.add('Slice', [bias, ...bounds[i]!])));
  return attention(writer, node, [...shifted, added]);
};

/** Operators that onnxruntime's optimiser writes into files, by domain and name. */
const REWRITES: Readonly<Record<string, Rewrite>> = {
  'com.microsoft:Attention': selfAttention,
  'com.microsoft:BiasGelu': gelu('none'),
  'com.microsoft:FastGelu': gelu('tanh'),
  'com.microsoft:FusedConv': fusedConv,
  'com.microsoft:FusedGemm': fusedGemm,
  'com.microsoft:FusedMatMul': fusedMatMul,
  'com.microsoft:Gelu': gelu('none'),
  'com.microsoft:MultiHeadAttention': multiHead,
  'com.microsoft:QuickGelu': quickGelu,
  'com.microsoft:SkipLayerNormalization': skip('layer'),
  'com.microsoft:SkipSimplifiedLayerNormalization': skip('root'),
  ':SimplifiedLayerNormalization': simplified,
};

/** A node as nodes of ONNX itself, where it is another runtime's. */
export function rewritten(node: OnnxNode): readonly OnnxNode[] | undefined {
  const key = `${node.domain}:${node.op}`;
  return Object.hasOwn(REWRITES, key) ? REWRITES[key]?.(node) : undefined;
}
