import { evaluateGraph } from '../plan/evaluate.js';
import type { Scope } from '../plan/evaluate.js';
import type { Known } from '../plan/known.js';
import { captures } from '../plan/liveness.js';
import { size } from '../form/tensors.js';
import type { Constant, HostTensor, OnnxGraph, OnnxModel, OnnxNode, OnnxPort } from '../form/types.js';
import type { Instance } from '../../wasm/instance.js';

/** Bodies that see fewer elements are done before the engine has its inputs. */
const FEW = 4096;

/** What runs a model by the names of its inputs. */
interface Runner {
  run(inputs: ReadonlyMap<string, HostTensor>): ReadonlyMap<string, HostTensor>;
  activationBytes(): number;
  leave(): void;
}

/** A subgraph as a model: what it reads from around it are inputs, or constants. */
interface Body {
  readonly engine: Runner;
  /** Inputs beside those of the subgraph. */
  readonly captured: readonly string[];
}

/** The subgraphs that a node computes again and again, planned and run as models are. */
export class Bodies {
  private readonly bodies = new Map<OnnxGraph, Body>();

  constructor(private readonly instance: Instance, private readonly open: (model: OnnxModel) => Runner) {}

  /** The outputs of a subgraph, in their order. */
  run(graph: OnnxGraph, given: readonly HostTensor[], find: Scope, known: ReadonlyMap<string, Known>): readonly HostTensor[] {
    if (elements(graph, given, find) < FEW) return evaluateGraph(graph, given, find, this.instance);
    const { engine, captured } = this.body(graph, find, known);
    const inputs = new Map(graph.inputs.map(({ name }, i): [string, HostTensor] => [name, given[i]!]));
    for (const name of captured) inputs.set(name, find(name)!);
    const results = engine.run(inputs);
    return graph.outputs.map(({ name }) => results.get(name)!);
  }

  activationBytes(): number {
    return [...this.bodies.values()].reduce((sum, { engine }) => sum + engine.activationBytes(), 0);
  }

  leave(): void {
    for (const { engine } of this.bodies.values()) engine.leave();
    this.bodies.clear();
  }

  private body(graph: OnnxGraph, find: Scope, known: ReadonlyMap<string, Known>): Body {
    const found = this.bodies.get(graph);
    if (found) return found;
    const around = outside(graph).filter((name) => find(name) !== undefined);
    const constants = around.flatMap((name): [string, Constant][] => {
      const constant = known.get(name)?.constant;
      return constant ? [[name, constant]] : [];
    });
    const fixed = new Set(constants.map(([name]) => name));
    const captured = around.filter((name) => !fixed.has(name));
    const ports = captured.map((name): OnnxPort => ({ name, dtype: find(name)?.dtype, shape: undefined }));
    const model: OnnxModel = {
      graph: { ...graph, inputs: [...graph.inputs, ...ports], initializers: new Map([...constants, ...graph.initializers]) },
      producer: '', metadata: new Map(), irVersion: 0, opsets: new Map(), functions: new Map(),
    };
    const made = { engine: this.open(model), captured };
    this.bodies.set(graph, made);
    return made;
  }
}

/** Names that a subgraph reads from around it. */
function outside(graph: OnnxGraph): readonly string[] {
  const holder: OnnxNode = { name: '', op: '', domain: '', inputs: [], outputs: [], opset: 0, attributes: new Map([['body', { kind: 'graph', value: graph }]]) };
  return captures(holder);
}

function elements(graph: OnnxGraph, given: readonly HostTensor[], find: Scope): number {
  const sizes = [...given.map(({ data }) => data.length), ...outside(graph).map((name) => find(name)?.data.length ?? 0), ...[...graph.initializers.values()].map(({ shape }) => size(shape))];
  return sizes.reduce((a, b) => a + b, 0);
}
