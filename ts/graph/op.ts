import type { ActivationWords, FilterSpec } from '../contract/steps.js';
import type { Step, WeightRef } from '../contract/word.js';
import type { Shape } from '../tensor/shape.js';

export type { ActivationWords };

/** JSON: what attributes are made of, so that a graph can be posted and written to a file. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A parameter that an operator wants under a role: `weight`, `bias`. */
export interface ParamSpec {
  readonly role: string;
  readonly shape: readonly number[];
  /** It has the name of the layer itself, without the role: a parameter of the module around, as in PyTorch. */
  readonly bare?: boolean;
}

/**
 * How an operator widens what an output pixel sees: the window of a convolution or pooling, windows that divide the map into so many, or
 * the whole map. `unknown` moves pixels in other ways. What says nothing leaves each pixel at its place.
 */
export type Reach =
  | 'global'
  | 'unknown'
  | { readonly bins: readonly [number, number] }
  | {
      readonly kernel: readonly [number, number];
      readonly dilation: readonly [number, number];
      readonly stride: readonly [number, number];
      /** Pixels around the map: its first window begins this much before it. */
      readonly pad?: Pads;
      /** Whether it enlarges the map by `stride` in place of shrinking it. */
      readonly up?: boolean;
      /** Whether its windows are weights between pixels, which begin at fractions of a pixel. */
      readonly interpolates?: boolean;
    };

/** Padding of a map: top, left, bottom, right. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

/** How a value lies in the arena: maps channels-last, everything else row-major. */
export type Layout = 'nhwc' | 'plain';

/**
 * In which layout the steps of an operator read values of 4 dimensions, and in which they write them; all others are row-major.
 * `alike`: in one and the same, whichever they lie in.
 */
export interface Layouts {
  readonly reads: Layout | 'alike';
  readonly writes: Layout | 'alike';
}

/** A value in the plan. */
export interface Placed {
  readonly id: number;
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** A map that is written among the channels of a value, which may have more than its own. */
export interface PlacedChannels extends Placed {
  /** Channels of the value. */
  readonly row: number;
  /** The first that is the map's. */
  readonly first: number;
}

/** A filter as the engine wants it. */
export interface FilterWanted extends Pick<FilterSpec, 'kind' | 'dims' | 'groups'> {
  readonly role: string;
  /** How the filter walks, which decides what algorithms there are; a filter that does not walk has none. */
  readonly window?: Pick<FilterSpec, 'stride' | 'dilation'>;
}

/** What an operator may ask for while it turns into steps. */
export interface EmitContext {
  readonly inputCount: number;
  /** An input in the layout that the operator reads, converted by a step if it lies in the other. */
  input(index: number): Placed;
  /** The shape of an input that the operator does not read. */
  inputShape(index: number): readonly number[];
  /**
   * An output, the first by itself, placed now in the layout that the operator writes. Inputs that were written into it already lie
   * where it does.
   */
  output(index?: number): Placed;
  /** The output of an operator that `writesChannels`. */
  outputChannels(): PlacedChannels;
  /** A parameter as it is. */
  constant(role: string): WeightRef;
  /** A filter, with a folded BatchNorm multiplied into it. */
  filter(wanted: FilterWanted): WeightRef;
  /** The bias with a folded BatchNorm in it, if there is either. `channels` elements. */
  bias(channels: number): WeightRef | undefined;
  /** `scale` and `shift` of a BatchNorm that stands alone. */
  affine(eps: number): { scale: WeightRef; shift: WeightRef };
  step(step: Step): void;
}

/**
 * What an operator has to do with probabilities: it gives them (`softmax`, `sigmoid`) or their logarithms; it is exp(x); what it
 * gives are probabilities where all that it reads are, since it moves, picks or averages them (`kept`); or it is arithmetic that
 * makes other numbers of them (`mixed`).
 */
export type OnProbabilities = 'softmax' | 'sigmoid' | 'logSoftmax' | 'exp' | 'kept' | 'mixed';

/**
 * What an operator does and nothing else, for passes that put it into a neighbour or leave it out: its output is its input
 * (`identity`), or its elements under another shape; it is one activation; a BatchNorm, y = scale * x + shift for each channel;
 * surrounds maps with a number; sums or multiplies two values; moves the channels of maps last, or second again.
 */
export type Effect =
  | { readonly kind: 'identity' | 'reshape' | 'sum' | 'product' }
  | { readonly kind: 'activation'; readonly words: ActivationWords }
  | { readonly kind: 'norm'; readonly eps: number }
  | { readonly kind: 'pad'; readonly amounts: Pads; readonly value: number }
  | { readonly kind: 'move'; readonly to: 'nhwc' | 'nchw' };

/**
 * An operator with its attributes. Passes and planner ask for what it can do, never for its type:
 * the type only shows in messages and summaries, and names it in a serialised graph.
 */
export interface Op {
  readonly type: string;
  readonly attrs: Json;
  readonly params: readonly ParamSpec[];
  /** Output shapes; open dimensions stay open. Errors do not name the layer: the caller knows it. */
  infer(inputs: readonly Shape[]): Shape[];
  /** Multiply-adds for concrete shapes. */
  macs(inputs: readonly Shape[], outputs: readonly Shape[]): number;
  /** What `emit` may rely on and keeps to. */
  readonly layouts: Layouts;
  emit(context: EmitContext): void;
  readonly reach?: Reach;
  readonly effect?: Effect;
  /**
   * The same operator that also pads its input, or normalises its output, adds one more input to it, or applies an activation to it;
   * undefined where it cannot.
   */
  absorb?(effect: Effect): Op | undefined;
  readonly probabilities?: OnProbabilities;
  /**
   * It makes each number of all features of a place, which its weights weigh, whatever lies around: a fully connected layer, or a
   * convolution of one pixel in one group. Here is said in which dimension the features are.
   */
  readonly weighs?: 'second' | 'last';
  /** Whether it mixes the images of a batch on inputs of these ranks (softmax over N): such a graph must not be split by image. */
  acrossImages?(ranks: readonly number[]): boolean;
  /** A BatchNorm that is folded into its filter and bias; its parameters come under roles `norm.*`. */
  readonly folded?: { readonly eps: number };
  /** It puts its inputs behind each other along a dimension, and leaves out those that lie in its output already. */
  readonly joins?: { readonly dim: number };
  /** It can write its output, a map, among the channels of another value. */
  readonly writesChannels?: true;
  /** The same operator on maps whose channels are second, where this one has them last: what it does is the same for every pixel. */
  channelsSecond?(): Op | undefined;
}

/** Makes operators of one type out of their attributes. */
export interface OpFactory<A extends Json = Json> {
  (attrs: A): Op;
  readonly type: string;
}

type Body = Omit<Op, 'type' | 'attrs' | 'params' | 'macs'> & Partial<Pick<Op, 'params' | 'macs'>>;

/** Names an operator type and says how its attributes become an operator. */
export function defineOp<A extends Json>(type: string, bind: (attrs: A) => Body): OpFactory<A> {
  const factory = (attrs: A): Op => ({ params: [], macs: () => 0, ...bind(attrs), type, attrs });
  return Object.assign(factory, { type });
}

export { count } from '../tensor/shape.js';
