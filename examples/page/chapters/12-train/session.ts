/** One network that learns: what it has told so far, and how it is led. The trainer computes in a worker of its own. */
import { conv2d, flatten, linear, maxPool2d, relu, sequential } from 'receptive/layers';
import { adam, createTrainer, crossEntropy, sgd, subset } from 'receptive/train';
import type { Confusion, DataBatch, Dataset, FitReport, FitStep, Trainer } from 'receptive/train';
import { answerAt } from './answers.js';
import { accompanied } from './data.js';
import type { DigitSet } from './data.js';

export type NetName = 'lenet' | 'dense';
export type OptimizerName = 'sgd' | 'adam';

export interface Plan {
  readonly net: NetName;
  readonly optimizer: OptimizerName;
  /** Asked at each update, so that it can be changed while it learns. */
  readonly lr: () => number;
  readonly seed: number;
  /** Digits to learn from. */
  readonly examples: number;
  /** A safetensors file to begin with. */
  readonly weights?: Uint8Array | undefined;
}

/** Digits that were drawn here, in the order of their ids. */
export interface Own {
  readonly ids: readonly number[];
  readonly batch: DataBatch;
}

export interface Sources {
  readonly train: Dataset<DataBatch>;
  readonly test: DigitSet;
  /** Asked at each batch: its examples are learned from beside those of `train`. */
  readonly own: () => Own | undefined;
}

export const BATCH = 64;
/** Updates between two judgements: often at first, when much changes. */
const everyAt = (step: number): number => (step <= 200 ? 20 : 100);
/** Longer than anyone waits: it ends by hand. */
const EPOCHS = 1000;

/** LeNet-5 (LeCun et al. 1998) with ReLU and max pooling. */
const lenet = () => sequential({
  conv1: conv2d(1, 6, 5, { padding: 2 }), relu1: relu(), pool1: maxPool2d(2),
  conv2: conv2d(6, 16, 5), relu2: relu(), pool2: maxPool2d(2),
  flatten: flatten(), fc1: linear(400, 120), relu3: relu(), fc2: linear(120, 84), relu4: relu(), fc3: linear(84, 10),
}, { input: [null, 1, 28, 28] });

/** As many layers of weights without a convolution. */
const dense = () => sequential({
  flatten: flatten(), fc1: linear(784, 120), relu1: relu(), fc2: linear(120, 84), relu2: relu(), fc3: linear(84, 10),
}, { input: [null, 1, 28, 28] });

export const NETS = { lenet, dense } as const;

/** What is known at one moment. */
export interface Judgement {
  readonly step: number;
  /** Of digits never learned from. */
  readonly loss: number;
  readonly accuracy: number;
  readonly confusion: Confusion;
  /** Part right of the first digits that it learns from. */
  readonly known: number;
  /** For each test digit the scores of the ten classes. */
  readonly output: Float32Array;
  /** What each drawn digit is read as, by its id. */
  readonly own: ReadonlyMap<number, number>;
  /** Weights of the first layer, 25 for each of its kernels; none where it has no kernels. */
  readonly kernels: Float32Array | undefined;
}

export interface Log {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
  readonly judgements: readonly Judgement[];
  readonly seconds: number;
}

const first = async (data: Dataset<DataBatch>, count: number): Promise<DataBatch> => data.get(indices(count));
const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

export class Session {
  private readonly reports: AsyncGenerator<FitReport, void, undefined>;
  /** Judged by: of what it learns from, and of what it has never seen. */
  private readonly seen: Promise<DataBatch>;
  private readonly unseen: Promise<DataBatch>;
  private readonly steps: number[] = [];
  private readonly losses: number[] = [];
  private readonly judgements: Judgement[] = [];
  private milliseconds = 0;
  /** Counts `play`s: one that is no longer the last ends. */
  private turn = 0;
  private working: Promise<void> = Promise.resolve();

  private constructor(readonly plan: Plan, private readonly trainer: Trainer, private readonly sources: Sources) {
    const { train, test, own } = sources;
    this.unseen = first(test, test.length);
    const part = subset(train, indices(plan.examples));
    this.seen = first(part, Math.min(plan.examples, 500));
    this.reports = trainer.fit(accompanied(part, () => own()?.batch), { epochs: EPOCHS, batchSize: BATCH });
  }

  /** @throws as `createTrainer`: FormatError, WeightsError for weights of another network */
  static async start(plan: Plan, sources: Sources): Promise<Session> {
    const { optimizer, lr, seed, weights } = plan;
    const rule = optimizer === 'sgd' ? sgd({ lr, momentum: 0.9 }) : adam({ lr });
    const trainer = await createTrainer(NETS[plan.net](), { loss: crossEntropy(), optimizer: rule, seed, ...(weights && { weights }) });
    const session = new Session(plan, trainer, sources);
    try {
      await session.judge();
    } catch (error) {
      await trainer.dispose();
      throw error;
    }
    return session;
  }

  get updates(): number {
    return this.steps.length;
  }

  log(): Log {
    return { steps: [...this.steps], losses: [...this.losses], judgements: [...this.judgements], seconds: this.milliseconds / 1000 };
  }

  /** Learns until it is paused. `told` is called after each update. @throws EngineError where the loss is no longer finite */
  play(told: () => void): Promise<void> {
    const turn = ++this.turn;
    return this.inTurn(async () => {
      while (turn === this.turn) {
        await this.update();
        if (turn === this.turn) told();
      }
    });
  }

  /** Learns for so many updates, unless it is paused before, and is judged then. `told` is called after each. @throws EngineError as `play` */
  learn(count: number, told: () => void): Promise<void> {
    const turn = ++this.turn;
    return this.inTurn(async () => {
      for (let done = 0; done < count && turn === this.turn; done++) {
        await this.update();
        told();
      }
      await this.judgeLast();
    });
  }

  pause(): void {
    this.turn++;
  }

  /** Judges anew, since other digits were drawn. */
  look(): Promise<void> {
    return this.inTurn(() => this.judge());
  }

  /** One update, and what it has changed. */
  step(): Promise<void> {
    this.turn++;
    return this.inTurn(async () => {
      await this.update();
      await this.judgeLast();
    });
  }

  /** The network as a file, with its graph, labels and preparation of pictures. */
  async file(): Promise<Uint8Array> {
    const [{ saveModel }, weights] = await Promise.all([import('receptive/save'), this.trainer.weights()]);
    const grey = (value: number): readonly [number, number, number] => [value, value, value];
    const preprocess = { size: [28, 28], resize: 'stretch', scale: 1 / 255, mean: grey(0.1307), std: grey(0.3081) } as const;
    return saveModel({ graph: NETS[this.plan.net](), weights, name: this.plan.net, labels: [...'0123456789'], preprocess, task: 'classification' });
  }

  async end(): Promise<void> {
    this.turn++;
    await this.trainer.dispose();
  }

  /** One thing at a time; after an error the next goes on. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const now = this.working.then(work);
    this.working = now.catch(() => undefined);
    return now;
  }

  private async update(): Promise<void> {
    const started = performance.now();
    const report = await this.nextStep();
    if (!report) return this.pause(); // it has ended, since an update failed
    this.steps.push(report.step);
    this.losses.push(report.loss);
    this.milliseconds += performance.now() - started;
    if (this.steps.length % everyAt(this.steps.length) === 0) await this.judge();
  }

  private async nextStep(): Promise<FitStep | undefined> {
    for (;;) {
      const { value } = await this.reports.next();
      if (!value || value.kind === 'step') return value ?? undefined;
    }
  }

  private async judgeLast(): Promise<void> {
    if (this.judgements.at(-1)?.step !== this.steps.at(-1)) await this.judge();
  }

  /** A judgement of the same step takes the place of the one before. */
  private async judge(): Promise<void> {
    const { trainer } = this;
    const own = this.sources.own();
    const [{ loss, accuracy, confusion, output }, known, weights, read] = await Promise.all([
      trainer.evaluate(await this.unseen), trainer.evaluate(await this.seen), trainer.weights(), own && trainer.evaluate(own.batch),
    ]);
    const kernels = weights.find(({ name }) => name === 'conv1.weight')?.bytes;
    const step = this.steps.at(-1) ?? 0;
    if (this.judgements.at(-1)?.step === step) this.judgements.pop();
    this.judgements.push({
      step, loss, accuracy: accuracy ?? 0, confusion: confusion!, known: known.accuracy ?? 0, output: output.data,
      own: new Map(own?.ids.map((id, i) => [id, answerAt(read!.output.data, i)])),
      kernels: kernels && new Float32Array(kernels.slice().buffer),
    });
  }
}
