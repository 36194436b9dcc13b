import { AbortedError } from '../../base/errors.js';
import type { Line } from '../line.js';
import type { Deadline } from '../deadline.js';
import { cut, expectRows, stack } from './rows.js';
import type { Tensors } from './rows.js';

/** What computes. */
export type Compute = (inputs: Tensors, signal: AbortSignal) => Promise<Tensors>;

interface Member {
  readonly inputs: Tensors;
  readonly rows: number;
  /** Told when it is computed, and beside how many requests. */
  readonly begun: (beside: number) => void;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for the same turn. */
class Batch {
  private readonly members = new Set<Member>();
  private readonly controller = new AbortController();

  /** Aborts when nobody waits for it any more. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get rows(): number {
    return [...this.members].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** @throws AbortedError where the signal aborts: the others go on */
  add(inputs: Tensors, rows: number, signal: AbortSignal, begun: Member['begun']): Promise<Tensors> {
    return new Promise<Tensors>((resolve, reject) => {
      const leave = (): void => {
        this.members.delete(member);
        signal.removeEventListener('abort', abort);
        if (this.members.size === 0) this.controller.abort();
      };
      const abort = (): void => {
        leave();
        reject(new AbortedError('aborted', { cause: signal.reason }));
      };
      const member: Member = {
        inputs, rows, begun,
        resolve: (outputs) => (leave(), resolve(outputs)),
        reject: (error) => (leave(), reject(error instanceof Error ? error : new Error(String(error)))),
      };
      this.members.add(member);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  begin(): void {
    for (const { begun } of this.members) begun(this.members.size);
  }

  /** Answers all. Where that fails, each is tried alone, so that no request pays for another. */
  async run(compute: Compute): Promise<void> {
    const members = [...this.members];
    try {
      const outputs = await computeRows(stack(members.map(({ inputs }) => inputs)), members.reduce((sum, { rows }) => sum + rows, 0), (inputs) => compute(inputs, this.signal), members.length > 1);
      let from = 0;
      for (const { rows, resolve } of members) resolve(members.length > 1 ? cut(outputs, from, (from += rows)) : outputs);
    } catch (error) {
      if (members.length === 1 || error instanceof AbortedError) throw error;
      for (const member of members) if (this.members.has(member)) await compute(member.inputs, this.signal).then(member.resolve, member.reject);
    }
  }

  fail(error: unknown): void {
    for (const { reject } of [...this.members]) reject(error);
  }
}

/** In parts of 2^k rows, the largest first: a worker keeps the plans of few shapes. */
async function computeRows(inputs: Tensors, rows: number, compute: (inputs: Tensors) => Promise<Tensors>, inParts: boolean): Promise<Tensors> {
  if (!inParts) return compute(inputs);
  const parts: Tensors[] = [];
  for (let from = 0; from < rows; ) {
    const part = 2 ** Math.floor(Math.log2(rows - from));
    const outputs = await compute(cut(inputs, from, from + part));
    expectRows(outputs, part);
    parts.push(outputs);
    from += part;
  }
  return stack(parts);
}

/**
 * Computes together what waits for the same turn. Nobody waits for others to come: who finds a worker free is computed alone, and those who
 * come while all work share the next turn.
 */
export class Gatherer {
  private open: Batch | undefined;

  /** @param most - rows of a turn */
  constructor(
    private readonly line: Line,
    private readonly most: number,
  ) {}

  /**
   * @param rows - of the inputs
   * @param begun - told when it is computed, and beside how many requests
   * @throws as `Line.pass`, and what the computation throws
   */
  async answer(inputs: Tensors, rows: number, deadline: Deadline, compute: Compute, begun: (beside: number) => void): Promise<Tensors> {
    const { open } = this;
    if (open && open.rows + rows <= this.most) return open.add(inputs, rows, deadline.signal, begun);
    const batch = new Batch();
    const answer = batch.add(inputs, rows, deadline.signal, begun);
    const close = (): void => void (this.open === batch && (this.open = undefined));
    this.open = batch;
    const turn = this.line.pass({ left: deadline.left, signal: batch.signal }, () => batch.run(compute), () => (close(), batch.begin()));
    turn.catch((error: unknown) => (close(), batch.fail(error)));
    return answer;
  }
}
