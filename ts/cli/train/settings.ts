import { wrong } from '../../base/wrong.js';
import type { Augmentation, AugmentOptions, Optimizer, Rate } from '../../entries/train-inline.js';
import type { ImageInput } from './pixels.js';
import type { Training } from './training.js';

/** How a network learns on the command line, but for what the network and its data are. */
export interface Settings {
  /** Of the whole training, those before it was resumed included. */
  readonly epochs: number;
  /** Examples of a batch. */
  readonly batch: number;
  readonly lr: number;
  readonly optimizer: OptimizerName;
  readonly schedule: ScheduleName;
  /** Absent: none. True: what suits the images. */
  readonly augment?: AugmentOptions | true | undefined;
  readonly seed: number;
  /** Part or number of the examples to judge by. */
  readonly validation?: number | undefined;
  /** Whether all of a trained network goes on learning, or its last layer alone. */
  readonly all: boolean;
}

/** What each optimiser is on the command line: the learning rate is PyTorch's, if none is given. */
const OPTIMIZERS = {
  adamw: { lr: 1e-3, make: ({ adamw }: Training, lr: Rate): Optimizer => adamw({ lr }) },
  adam: { lr: 1e-3, make: ({ adam }: Training, lr: Rate): Optimizer => adam({ lr }) },
  sgd: { lr: 1e-3, make: ({ sgd }: Training, lr: Rate): Optimizer => sgd({ lr, momentum: 0.9 }) },
  rmsprop: { lr: 1e-2, make: ({ rmsprop }: Training, lr: Rate): Optimizer => rmsprop({ lr }) },
} as const;

/** The rate of each update, of as many as there are. */
const SCHEDULES = {
  constant: (_: Training, lr: number): Rate => lr,
  cosine: ({ cosine }: Training, lr: number, steps: number): Rate => cosine(lr, { steps }),
  'one-cycle': ({ oneCycle }: Training, lr: number, steps: number): Rate => oneCycle(lr, { steps }),
} as const;

export type OptimizerName = keyof typeof OPTIMIZERS;
export type ScheduleName = keyof typeof SCHEDULES;
export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as readonly OptimizerName[];
export const SCHEDULE_NAMES = Object.keys(SCHEDULES) as readonly ScheduleName[];

const DEFAULTS: Defaults = { epochs: 5, batch: 64, optimizer: 'adamw', schedule: 'constant', seed: 0, all: false };

/** What is not given; the learning rate is the optimiser's own unless it is said. */
export type Defaults = Omit<Settings, 'lr'> & Partial<Pick<Settings, 'lr'>>;

/** Those that may be others when training goes on. */
const FREE: readonly string[] = ['epochs', 'lr'] satisfies (keyof Settings)[];

/**
 * What was given, with defaults; of a training that goes on those that it began with.
 * @param file - the file that training goes on from
 * @param defaults - of the task
 * @throws ArgumentError for one that differs from what the training began with: it would go on otherwise than if it had never stopped
 */
export function settingsOf(given: Partial<Settings>, before: Settings | undefined, file = '', defaults = DEFAULTS): Settings {
  const told = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Settings>;
  for (const [name, value] of Object.entries(told)) {
    const [expected, got] = [before?.[name as keyof Settings], value].map((each) => JSON.stringify(each) ?? 'none');
    if (before && !FREE.includes(name) && got !== expected) wrong(`--${name}`, `${expected}, as ${file} was trained`, got!, { hint: 'leave it out to go on' });
  }
  const { optimizer = defaults.optimizer } = told;
  return before ? { ...before, ...told } : { lr: OPTIMIZERS[optimizer].lr, ...defaults, ...told };
}

/** @param steps - updates of the whole training */
export function optimizerOf(training: Training, { optimizer, schedule, lr }: Settings, steps: number): Optimizer {
  return OPTIMIZERS[optimizer].make(training, SCHEDULES[schedule](training, lr, steps));
}

/** What leaves a digit or letter what it is, and what leaves a photo what it is. */
const SUITABLE: Readonly<Record<ImageInput['channels'], AugmentOptions>> = {
  1: { shift: 2, rotate: 10, scale: [0.9, 1.1], shear: 5 },
  3: { flip: 'horizontal', rotate: 10, scale: [0.9, 1.2], brightness: 0.2, contrast: 0.2 },
};

/** @throws ArgumentError for a field that does not exist or a number that has no meaning */
export function augmentationOf(training: Training, { augment }: Settings, { channels }: ImageInput): Augmentation | undefined {
  return augment && training.augment(augment === true ? SUITABLE[channels] : augment);
}
