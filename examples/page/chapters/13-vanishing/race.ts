/** A plain network and one with skips (He et al. 2015, arXiv 1512.03385), which learn the same digits; each trainer has a worker of its own. */
import { add, batchNorm2d, conv2d, flatten, globalAvgPool2d, graph, input, linear, relu } from 'receptive/layers';
import type { Graph } from 'receptive/layers';
import { adam, createTrainer, crossEntropy } from 'receptive/train';
import type { Batch, Trainer } from 'receptive/train';

export interface Plan {
  readonly depth: number;
  readonly norms: boolean;
  readonly seed: number;
  /** Blocks of two convolutions whose skip is taken out, from 1; those that a shallower network lacks do not matter. */
  readonly cut: readonly number[];
}

const CHANNELS = 16;
/** Updates between two looks at all gradients while both learn. */
const EVERY = 5;
/** After so many updates it is seen who learns. */
const MOST = 200;

/** Convolutions of 16 channels, ReLU behind each; with skips every two are one block. */
function network({ depth, norms, cut }: Plan, skips: boolean): Graph {
  const x = input([null, 1, 28, 28]);
  let y = relu()(conv2d(1, CHANNELS, 3, { stride: 2, padding: 1, name: 'stem' })(x));
  for (let layer = 1; layer <= depth; layer += 2) {
    let inner = y;
    for (const at of [layer, layer + 1]) {
      if (at > layer) inner = relu()(inner);
      inner = conv2d(CHANNELS, CHANNELS, 3, { padding: 1, name: `conv${at}` })(inner);
      if (norms) inner = batchNorm2d(CHANNELS, { name: `norm${at}` })(inner);
    }
    y = relu()(skips && !cut.includes((layer + 1) / 2) ? add(inner, y) : inner);
  }
  return graph({ x }, { logits: linear(CHANNELS, 10, { name: 'head' })(flatten()(globalAvgPool2d()(y))) });
}

/** One of the two, so far. */
export interface Runner {
  /** Norm of the gradient of each convolution, from the first layer on. */
  readonly norms: readonly number[];
  /** Before each update. */
  readonly losses: readonly number[];
}

export interface RaceLog {
  readonly steps: number;
  readonly plain: Runner;
  readonly skips: Runner;
}

export class Race {
  private steps = 0;
  private readonly norms: (readonly number[])[] = [];
  private readonly losses: number[][] = [[], []];
  /** Counts `play`s: one that is no longer the last ends. */
  private turn = 0;
  private working: Promise<unknown> = Promise.resolve();

  private constructor(private readonly plan: Plan, private readonly trainers: readonly Trainer[], private readonly batch: Batch) {}

  static async start(plan: Plan, batch: Batch): Promise<Race> {
    const made = await Promise.allSettled([false, true].map((skips) => createTrainer(network(plan, skips), { loss: crossEntropy(), optimizer: adam({ lr: 1e-3 }), seed: plan.seed })));
    const race = new Race(plan, made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])), batch);
    try {
      for (const one of made) if (one.status === 'rejected') throw one.reason;
      await race.look();
    } catch (error) {
      await race.end();
      throw error;
    }
    return race;
  }

  log(): RaceLog {
    const runner = (at: number): Runner => ({ norms: this.norms[at]!, losses: [...this.losses[at]!] });
    return { steps: this.steps, plain: runner(0), skips: runner(1) };
  }

  /** Learns until it is paused, or has shown enough. @throws EngineError where a loss is no longer finite */
  play(told: () => void): Promise<void> {
    const turn = ++this.turn;
    return this.inTurn(async () => {
      while (turn === this.turn && this.steps < MOST) {
        await this.update();
        if (this.steps % EVERY === 0) await this.look();
        if (turn === this.turn) told();
      }
    });
  }

  step(): Promise<void> {
    this.turn++;
    return this.inTurn(async () => {
      await this.update();
      await this.look();
    });
  }

  pause(): void {
    this.turn++;
  }

  async end(): Promise<void> {
    this.turn++;
    await Promise.all(this.trainers.map((trainer) => trainer.dispose()));
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const now = this.working.then(work);
    this.working = now.catch(() => undefined);
    return now;
  }

  private async update(): Promise<void> {
    const reports = await Promise.all(this.trainers.map((trainer) => trainer.step(this.batch)));
    reports.forEach(({ loss }, at) => this.losses[at]!.push(loss));
    this.steps++;
  }

  private async look(): Promise<void> {
    const gradients = await Promise.all(this.trainers.map((trainer) => trainer.gradients(this.batch)));
    gradients.forEach((of, at) => (this.norms[at] = Array.from({ length: this.plan.depth }, (_, i) => of.get(`conv${i + 1}.weight`)!.norm)));
  }
}
