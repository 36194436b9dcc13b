import * as steps from '../contract/steps.js';
import type { Step } from '../contract/word.js';
import { count } from '../graph/op.js';
import type { Layout, Placed } from '../graph/op.js';
import { physicalShape } from '../ops/layout.js';

/** A step, and the layer that it belongs to. */
export interface TapeStep extends Step {
  readonly layer: string;
  /** Whether it goes forward, back, or changes parameters. */
  readonly phase: Phase;
}

export type Phase = 'forward' | 'backward' | 'update';

/** A value and what to do once its gradient is complete. */
interface Entry {
  readonly out: Placed;
  readonly layer: string;
  readonly back: (dy: Placed) => void;
}

/**
 * Steps that are written down one after the other, with what leads back from each value to those that it was made of
 * (reverse-mode differentiation; Linnainmaa 1970, Baydin et al. 2018, arXiv 1502.05767).
 */
export class Tape {
  /** Elements of each value. */
  readonly lens: number[] = [];
  readonly steps: TapeStep[] = [];
  private readonly entries: Entry[] = [];
  private readonly wanted = new Set<number>();
  private readonly parts = new Map<number, Placed[]>();
  private layer = '';
  private phase: Phase = 'forward';

  /** A new value. */
  value(shape: readonly number[], layout: Layout = 'plain'): Placed {
    this.lens.push(count(shape));
    return { id: this.lens.length - 1, shape, layout: shape.length === 4 ? layout : 'plain' };
  }

  step(step: Step): void {
    this.steps.push({ ...step, layer: this.layer, phase: this.phase });
  }

  /** Steps from here on belong to a layer. */
  at(layer: string, phase: Phase = this.phase): void {
    this.layer = layer;
    this.phase = phase;
  }

  /** Asks for the gradient of a value. */
  want(of: Placed): void {
    this.wanted.add(of.id);
  }

  wants(of: Placed): boolean {
    return this.wanted.has(of.id);
  }

  /** Says how the gradient of a value goes on, once it is complete. Its own gradient is then wanted. */
  record(out: Placed, back: (dy: Placed) => void): void {
    this.want(out);
    this.entries.push({ out, layer: this.layer, back });
  }

  /** Adds to the gradient of a value, where it is wanted: `write` is given a value of the same form to write. */
  gradient(of: Placed, write: (d: Placed) => void): void {
    if (!this.wants(of)) return;
    const d = this.value(of.shape, of.layout);
    write(d);
    this.pass(of, d);
  }

  /** Adds a value that is there already to the gradient of another. */
  pass(of: Placed, d: Placed): void {
    if (!this.wants(of)) return;
    const parts = this.parts.get(of.id);
    if (parts) parts.push(d);
    else this.parts.set(of.id, [d]);
  }

  /** The gradient of a value, all its parts added in the order in which they came; none where nothing leads to it. */
  total(of: Placed): Placed | undefined {
    const [first, ...others] = this.parts.get(of.id) ?? [];
    return others.reduce((sum, part) => sum && this.sum(sum, part), first);
  }

  /** Goes back through all that was recorded, the last first. */
  back(): void {
    for (const { out, layer, back } of this.entries.toReversed()) {
      this.at(layer, 'backward');
      const dy = this.total(out);
      if (dy) back(dy);
    }
  }

  /** The same map in the other layout. */
  transposed(from: Placed): Placed {
    const to = this.value(from.shape, from.layout === 'nhwc' ? 'plain' : 'nhwc');
    this.transpose(from, to);
    if (this.wants(from)) this.record(to, (dy) => this.gradient(from, (d) => this.transpose(dy, d)));
    return to;
  }

  private transpose(from: Placed, to: Placed): void {
    const [n = 1, ...rest] = physicalShape(from);
    const channels = from.shape[1] ?? 1;
    const pixels = count(rest) / channels;
    const [rows, cols] = from.layout === 'nhwc' ? [pixels, channels] : [channels, pixels];
    const ends = { x: from.id, y: to.id };
    this.step(rows === 1 || cols === 1 ? steps.unary({ ...ends, len: n * rows * cols }) : steps.transpose({ ...ends, outer: n, rows, cols }));
  }

  private sum(a: Placed, b: Placed): Placed {
    const y = this.value(a.shape, a.layout);
    const len = count(a.shape);
    this.step(steps.binary({ a: a.id, b: b.id, y: y.id, op: 'add', dims: [len], aStrides: [1], bStrides: [1] }));
    return y;
  }
}
