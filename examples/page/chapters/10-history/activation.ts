/** LeNet twice, with ReLU and with tanh, from the same first weights; each trainer has a worker of its own. */
import { conv2d, flatten, linear, maxPool2d, relu, sequential, tanh } from 'receptive/layers';
import type { Layer } from 'receptive/layers';
import { createTrainer, crossEntropy, sgd } from 'receptive/train';
import { digits } from '../../engine/digits.js';

/** Loss before each update. */
export interface Curves {
  readonly relu: readonly number[];
  readonly tanh: readonly number[];
}

function lenet(activation: typeof relu | typeof tanh): Layer {
  return sequential({
    conv1: conv2d(1, 6, 5, { padding: 2 }), act1: activation(), pool1: maxPool2d(2),
    conv2: conv2d(6, 16, 5), act2: activation(), pool2: maxPool2d(2),
    flatten: flatten(), fc1: linear(400, 120), act3: activation(), fc2: linear(120, 84), act4: activation(), fc3: linear(84, 10),
  }, { input: [null, 1, 28, 28] });
}

/**
 * Both learn 64 digits, an update at a time.
 * @param updates - how many
 * @param told - called after each update
 * @param signal - ends it
 * @throws EngineError where a loss is no longer finite
 */
export async function compete(seed: number, updates: number, told: (curves: Curves) => void, signal: AbortSignal): Promise<void> {
  const few = await digits('few');
  const batch = await few.get(Array.from({ length: few.length }, (_, i) => i));
  const made = await Promise.allSettled([relu, tanh].map((activation) => createTrainer(lenet(activation), { loss: crossEntropy(), optimizer: sgd({ lr: 0.01, momentum: 0.9 }), seed })));
  const trainers = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of made) if (one.status === 'rejected') throw one.reason;
    const losses: [number[], number[]] = [[], []];
    while (losses[0].length < updates && !signal.aborted) {
      const reports = await Promise.all(trainers.map((trainer) => trainer.step(batch)));
      reports.forEach(({ loss }, at) => losses[at]!.push(loss));
      if (!signal.aborted) told({ relu: [...losses[0]], tanh: [...losses[1]] });
    }
  } finally {
    await Promise.all(trainers.map((trainer) => trainer.dispose()));
  }
}
