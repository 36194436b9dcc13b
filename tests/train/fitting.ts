/** A small network, pictures that it learns, and fits of it. */
import { batchNorm2d, conv2d, dropout, flatten, linear, maxPool2d, relu } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { fromArrays } from '../../ts/train/data/arrays.js';
import { augment } from '../../ts/train/data/augment.js';
import type { FitOptions, FitReport } from '../../ts/train/fit.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { adamw } from '../../ts/train/optimizers.js';
import { cosine } from '../../ts/train/schedules.js';
import { Trainer } from '../../ts/train/trainer.js';
import type { TrainerOptions } from '../../ts/train/setup.js';
import { openTrain } from '../support/train.js';

export const net = () => toGraph(stack([
  conv2d(1, 4, 3, { padding: 1 }), batchNorm2d(4), relu(), maxPool2d(2), dropout(0.25), flatten(), linear(4 * 4 * 4, 3),
], { input: [null, 1, 8, 8] }));

/** Images of three classes: a bright row at another height, with noise that follows from the index. */
export function pictures(count: number) {
  const y = Array.from({ length: count }, (_, i) => i % 3);
  const x = new Float32Array(count * 64).map((_, i) => {
    const [image, row] = [Math.floor(i / 64), Math.floor((i % 64) / 8)];
    return (Math.floor(row / 3) === y[image] ? 1 : 0) + 0.3 * Math.sin(i * 12.9898);
  });
  return fromArrays({ x, y, shape: [1, 8, 8], classes: ['high', 'middle', 'low'] });
}

export const OPTIONS = { loss: crossEntropy(), optimizer: adamw({ lr: cosine(0.01, { steps: 60, warmup: 4 }), weightDecay: 0.01 }), clip: 1, seed: 7 } satisfies TrainerOptions;
export const trainer = (options: Partial<TrainerOptions> = {}): Trainer => new Trainer(openTrain('simd'), net(), { ...OPTIONS, ...options });
export const bytesOf = (of: Trainer): number[] => of.weights().flatMap(({ bytes }) => [...bytes]);
export const AUGMENT = augment({ shift: 1, brightness: 0.2 });
export const FIT: FitOptions = { epochs: 3, batchSize: 4, augment: AUGMENT };

export async function all(reports: AsyncIterable<FitReport>): Promise<FitReport[]> {
  const found: FitReport[] = [];
  for await (const report of reports) found.push(report);
  return found;
}

/** What does not depend on the clock. */
export function timeless(report: FitReport): object {
  return Object.fromEntries(Object.entries(report).filter(([name]) => !/^(imagesPerSecond|seconds|secondsLeft)$/.test(name)));
}

/** A trainer that was left after some steps. */
export async function left(after: number, options: FitOptions = FIT): Promise<{ of: Trainer; saved: Uint8Array; reports: FitReport[] }> {
  const of = trainer();
  const reports: FitReport[] = [];
  for await (const report of of.fit(pictures(18), options)) {
    reports.push(report);
    if (report.kind === 'step' && report.step === after) return { of, saved: of.save(), reports };
  }
  throw new Error('it was over before');
}
