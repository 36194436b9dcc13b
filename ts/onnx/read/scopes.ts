import type { AttributeValue, OnnxGraph, OnnxNode } from '../form/types.js';

type Names = ReadonlyMap<string, string>;

/**
 * The graph with a name of its own for every value: a name that a subgraph gives to something else than the graph around it, or
 * another subgraph, is replaced. Nodes of subgraphs can then stand among those of the graph, and weights go by their names.
 */
export function withOwnNames(graph: OnnxGraph): OnnxGraph {
  if (!graph.nodes.some((node) => subgraphs(node).length > 0)) return graph;
  const written = new Set<string>();
  collect(graph, written);
  return new Renaming(written).subgraphsOf(graph, new Map());
}

/** What a graph itself gives names to. */
function defined({ inputs, initializers, nodes }: OnnxGraph): string[] {
  return [...inputs.map(({ name }) => name), ...initializers.keys(), ...nodes.flatMap(({ outputs }) => outputs)].filter((name) => name !== '');
}

function collect(graph: OnnxGraph, written: Set<string>): void {
  defined(graph).forEach((name) => written.add(name));
  graph.nodes.flatMap(subgraphs).forEach((inner) => collect(inner, written));
}

function subgraphs({ attributes }: OnnxNode): OnnxGraph[] {
  return [...attributes.values()].flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []));
}

class Renaming {
  private readonly taken = new Set<string>();

  /** @param written - all names of the file, none of which is made up */
  constructor(private readonly written: ReadonlySet<string>) {}

  /** The graph as it is, its subgraphs renamed. */
  subgraphsOf(graph: OnnxGraph, around: Names): OnnxGraph {
    defined(graph).forEach((name) => this.taken.add(name));
    return { ...graph, nodes: graph.nodes.map((node) => this.node(node, around)) };
  }

  private subgraph(graph: OnnxGraph, around: Names): OnnxGraph {
    const names = new Map(around);
    const own = new Map(defined(graph).map((name) => [name, '']));
    for (const name of own.keys()) own.set(name, this.free(name));
    const introduce = (name: string): string => {
      const made = own.get(name) ?? name;
      names.set(name, made);
      return made;
    };
    const inputs = graph.inputs.map((port) => ({ ...port, name: introduce(port.name) }));
    const initializers = new Map([...graph.initializers].map(([name, constant]) => [introduce(name), constant]));
    // Until a node writes it, a name is still that of a value around.
    const nodes = graph.nodes.map((node) => {
      const renamed = this.node(node, names);
      return { ...renamed, outputs: node.outputs.map(introduce) };
    });
    const outputs = graph.outputs.map((port) => ({ ...port, name: names.get(port.name) ?? port.name }));
    return { name: graph.name, nodes, initializers, inputs, outputs, defaults: [] };
  }

  private node(node: OnnxNode, names: Names): OnnxNode {
    const named = (name: string): string => names.get(name) ?? name;
    const attributes = [...node.attributes].map(([key, attribute]): [string, AttributeValue] =>
      attribute.kind === 'graph' ? [key, { ...attribute, value: this.subgraph(attribute.value, names) }] : [key, attribute],
    );
    return { ...node, inputs: node.inputs.map(named), attributes: new Map(attributes) };
  }

  private free(name: string): string {
    let own = name;
    for (let count = 2; this.taken.has(own) || (own !== name && this.written.has(own)); count++) own = `${name} (${count})`;
    this.taken.add(own);
    return own;
  }
}
