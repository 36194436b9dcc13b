// What the tasks beyond classes share: photos with boxes or masks become batches, and a network that learns becomes a file.
import type { Graph, PreprocessSpec, StoredTensor, TaskSpec } from '../../../entries/index.js';
import type { Batch, Loss } from '../../../entries/train-inline.js';
import type { LabelledDataset, LabelledImage } from '../../../entries/vision.js';
import type { Training } from '../training.js';

/** What is told apart, and at which size. */
export interface Learned {
  readonly classes: readonly string[];
  /** [height, width] of the input in pixels. */
  readonly size: readonly [height: number, width: number];
  /** How pixels become the input. */
  readonly spec: PreprocessSpec;
  /** The class of pixels that nobody labelled. */
  readonly ignore: number | undefined;
}

/** A network that learns, and as it is kept in the file. */
export interface Network {
  readonly learning: Graph;
  readonly kept: Graph;
  /** Parameters of the kept graph that are not learned. */
  readonly constants: readonly StoredTensor[];
  readonly losses: readonly Loss[];
  /** How the kept graph's outputs are read. */
  readonly task: TaskSpec;
}

/** How good a network is: a number by name. */
export type Scores = Readonly<Record<string, number | undefined>>;

/** What answers: a model of the file. */
export interface Answering {
  readonly labels?: readonly string[] | undefined;
}

/** A photo as the network sees it. `Truth`: what is on it, in pixels of the input. */
export interface Example<Truth> {
  /** [3, height, width] */
  readonly x: Float32Array;
  readonly truth: Truth;
}

/** A task that is learned from labelled photos. */
export interface LabelledTask<Truth, Model extends Answering> {
  readonly name: 'detect' | 'segment';
  /** The network that learns where none is named, and the names that may be. */
  readonly networks: readonly [string, ...string[]];
  /** Sides of the input are multiples of so many pixels; none is larger unless the command says so. */
  readonly multiple: number;
  readonly largest: number;
  /** Whether the input is a square. */
  readonly square: boolean;
  /** How pixels become the input, but for the size. */
  readonly preprocess: Pick<PreprocessSpec, 'resize' | 'scale' | 'mean' | 'std' | 'order'>;
  build(training: Training, learned: Learned): Network;
  example(image: LabelledImage, learned: Learned): Example<Truth>;
  targets(training: Training, truths: readonly Truth[], learned: Learned): Batch['y'];
  judge(data: LabelledDataset, model: Model): Promise<Scores>;
}
