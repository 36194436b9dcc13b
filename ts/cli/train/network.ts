import { fileURLToPath } from 'node:url';
import * as assets from '../../entries/assets.js';
import { graphFromData, graphToData, models, UnsupportedError } from '../../entries/index.js';
import type { Graph, GraphData, ModelContent, NodeData, PreprocessOptions, StoredTensor } from '../../entries/index.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { readSafetensors } from '../../formats/safetensors.js';
import { graphEnding } from '../../graph/ending.js';
import { contentOf } from '../content.js';
import { isName } from '../models.js';

/** A network to begin with. */
export interface Base {
  readonly name: string;
  readonly graph: Graph;
  /** Trained ones; none for a network that begins at random. */
  readonly weights: readonly StoredTensor[] | undefined;
  readonly preprocess: PreprocessOptions | undefined;
  readonly labels: readonly string[] | undefined;
}

/** @throws ArgumentError for a name that no network has */
export function newNetwork(name: string): Base {
  const names = Object.keys(models).join(', ');
  if (!isName(name)) return wrong(name, `one of the nets ${names}`, name, { hint: 'a network with weights is given by --model' });
  return { name, graph: models[name](), weights: undefined, preprocess: undefined, labels: undefined };
}

/**
 * A network that was trained: a file that describes itself, the net that ships, or a net by name with its weights in another file.
 * @throws what `contentOf` throws
 */
export async function trainedNetwork(source: string, weights: string | undefined): Promise<Base> {
  const ships = weights === undefined && Object.hasOwn(assets, source);
  const { content } = await contentOf(ships ? fileURLToPath(assets[source as keyof typeof assets]) : source, { weights });
  const { graph, name, preprocess, labels } = content;
  return { name: name ?? source, graph, weights: tensorsOf(content.weights), preprocess, labels: labels as readonly string[] | undefined };
}

function tensorsOf(weights: ModelContent['weights']): readonly StoredTensor[] {
  if (weights instanceof Uint8Array) return [...readSafetensors(weights, '--weights').tensors.values()];
  return [...(weights as Iterable<StoredTensor>)];
}

/** A classifier for some classes. */
export interface Classifier {
  readonly graph: Graph;
  /** Parameters of its last layer. */
  readonly head: readonly string[];
}

/** What layers call the number of their outputs. */
const SIZES = ['outFeatures', 'outChannels'] as const;

/**
 * A network whose last layer with weights tells `classes` classes apart. A softmax behind it is left out: the loss has its own.
 * @throws UnsupportedError for a network that is no classifier, or whose last layer cannot be told
 */
export function withClasses(graph: Graph, classes: number, place: string): Classifier {
  const ending = graphEnding(graph);
  if (ending !== 'raw' && ending !== 'softmax') return refuse(place, 'scores or a softmax', ending === 'sigmoid' ? 'a sigmoid' : 'probabilities that are computed with');
  const data = graphToData(graph);
  const [at, passed] = lastLayer(data, place);
  const head = data.nodes[at]!;
  const softmax = passed.find((node) => graph.nodes[node]?.op.probabilities === 'softmax');
  const nodes = data.nodes.map((node, i) => (i === at ? { ...node, attrs: sized(node, classes) } : node));
  const made = graphFromData(softmax === undefined ? { ...data, nodes } : without({ ...data, nodes }, softmax));
  const shape = made.values[made.outputs[0]!.value]!.shape;
  if (shape.length !== 2 || shape[1] !== classes) return refuse(place, `scores [N, ${classes}]`, showShape(shape));
  return { graph: made, head: Object.values(head.params) };
}

function sized({ attrs }: NodeData, classes: number): NodeData['attrs'] {
  const fields = attrs as Readonly<Record<string, NodeData['attrs']>>;
  return { ...fields, [SIZES.find((size) => size in fields)!]: classes };
}

/** The last layer that says how many outputs it has, and what is passed on the way back to it. */
function lastLayer({ nodes, outputs }: GraphData, place: string): [at: number, passed: readonly number[]] {
  const makers = new Map(nodes.flatMap((node, i) => node.outputs.map((value) => [value, i] as const)));
  const passed: number[] = [];
  if (outputs.length !== 1) return refuse(place, 'one output', String(outputs.length));
  for (let at = makers.get(outputs[0]!.value); at !== undefined; at = makers.get(nodes[at]!.inputs[0]!)) {
    const { attrs, inputs, params, name } = nodes[at]!;
    if (SIZES.some((size) => size in (attrs as object))) return [at, passed];
    if (inputs.length !== 1 || Object.keys(params).length > 0) return refuse(place, 'a linear layer or a convolution as the last with weights', name);
    passed.push(at);
  }
  return refuse(place, 'a linear layer or a convolution that ends it', 'none');
}

/** The graph without a node of one input and one output. */
function without(data: GraphData, at: number): GraphData {
  const { inputs: [from], outputs: [to] } = data.nodes[at]!;
  const moved = (value: number): number => (value === to ? from! : value);
  return {
    ...data,
    nodes: data.nodes.filter((_, i) => i !== at).map((node) => ({ ...node, inputs: node.inputs.map(moved) })),
    outputs: data.outputs.map(({ name, value }) => ({ name, value: moved(value) })),
    modules: Object.fromEntries(Object.entries(data.modules).map(([name, value]) => [name, moved(value)])),
  };
}

function refuse(place: string, expected: string, got: string): never {
  return wrong(place, `a classifier, with ${expected}`, got, { as: UnsupportedError });
}
