import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import type { AttributeKinds, AttributeValue, Constant, HostTensor, OnnxGraph } from './types.js';

/** The attributes of a node, read by the type the operator says they have. */
export class Attributes {
  constructor(private readonly values: ReadonlyMap<string, AttributeValue>) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  int(name: string, otherwise?: number): number {
    return this.get(name, 'int', otherwise);
  }

  float(name: string, otherwise?: number): number {
    return this.get(name, 'float', otherwise);
  }

  string(name: string, otherwise?: string): string {
    return this.get(name, 'string', otherwise);
  }

  ints(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.get(name, 'ints', otherwise);
  }

  /** A list that is an attribute in old operator sets and an input in new ones; undefined where it is neither. */
  intsOr(name: string, input: HostTensor | undefined): readonly number[] | undefined {
    return this.has(name) ? this.ints(name) : input && Array.from(input.data);
  }

  floats(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.get(name, 'floats', otherwise);
  }

  strings(name: string, otherwise?: readonly string[]): readonly string[] {
    return this.get(name, 'strings', otherwise);
  }

  tensor(name: string): Constant {
    return this.get(name, 'tensor');
  }

  graph(name: string): OnnxGraph {
    return this.get(name, 'graph');
  }

  /** The same with every list of whole numbers changed. */
  withInts(change: (name: string, values: readonly number[]) => readonly number[]): Attributes {
    const changed = ([name, value]: [string, AttributeValue]): [string, AttributeValue] => [name, value.kind === 'ints' ? { ...value, value: change(name, value.value) } : value];
    return new Attributes(new Map([...this.values].map(changed)));
  }

  private get<Kind extends keyof AttributeKinds>(
    name: string,
    kind: Kind,
    otherwise?: AttributeKinds[Kind],
  ): AttributeKinds[Kind] {
    const found = this.values.get(name);
    if (found === undefined && otherwise !== undefined) return otherwise;
    if (found?.kind === kind) return found.value as AttributeKinds[Kind];
    const got = found === undefined ? 'none' : found.kind;
    wrong(`attribute ${name}`, kind, got, { as: FormatError });
  }
}
