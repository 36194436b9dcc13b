import type { TrainEngine } from './engine.js';
import { EngineError } from '../base/errors.js';

/** A compiled program, and the names of what it keeps, in the order in which they are inputs and outputs. */
export interface Compiled {
  readonly id: number;
  /** Where the kept values begin among the inputs. They are the first of the outputs. */
  readonly keptFrom: number;
  readonly kept: readonly string[];
}

/**
 * What is kept from run to run: parameters, running statistics, the optimiser's state. Each program has a place of its own for them,
 * and the newest values are in the one that changed them last.
 */
export class Store {
  private readonly newest = new Map<string, Compiled | Float32Array>();

  constructor(private readonly engine: TrainEngine) {}

  /** Gives a value from outside. */
  set(name: string, data: Float32Array): void {
    this.newest.set(name, data);
  }

  has(name: string): boolean {
    return this.newest.has(name);
  }

  names(): string[] {
    return [...this.newest.keys()];
  }

  /** A copy of the newest values. */
  get(name: string): Float32Array {
    const at = this.newest.get(name);
    if (at === undefined) throw new EngineError(`${name} was never given a value`, { place: name });
    return at instanceof Float32Array ? at.slice() : this.view(at, name).slice();
  }

  /** Brings the newest values to a program; what has none begins with zeros, as the state of an optimiser does. */
  bring(to: Compiled): void {
    to.kept.forEach((name, i) => {
      const at = this.newest.get(name);
      if (at === to) return;
      const view = this.engine.input(to.id, to.keptFrom + i);
      if (at === undefined) view.fill(0);
      else view.set(at instanceof Float32Array ? at : this.view(at, name));
      // Taken over only by a program that changes it: see `changed`.
      if (at === undefined) this.newest.set(name, new Float32Array(view));
    });
  }

  /** Says that a program has changed what it keeps. */
  changed(by: Compiled): void {
    by.kept.forEach((name) => this.newest.set(name, by));
  }

  /** Takes the newest values out of a program that is to be released. */
  leave(program: Compiled): void {
    for (const [name, at] of this.newest) if (at === program) this.newest.set(name, this.view(program, name).slice());
  }

  private view(at: Compiled, name: string): Float32Array {
    return this.engine.output(at.id, at.kept.indexOf(name));
  }
}
