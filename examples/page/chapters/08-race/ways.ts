/** The versions of convolution that race: the lessons in their order, then the product by each of its algorithms, then what bounds them. */
export const LESSON_WAYS = ['naive', 'im2col', 'blocked', 'tile', 'simd', 'winograd'] as const;
export type LessonWay = (typeof LESSON_WAYS)[number];

export const PRODUCT_WAYS = ['naive', 'im2col', 'blocked', 'packed', 'winograd', 'auto'] as const;
export type ProductWay = (typeof PRODUCT_WAYS)[number];

export type Way = { readonly kind: 'lesson'; readonly name: LessonWay } | { readonly kind: 'product'; readonly name: ProductWay } | { readonly kind: 'roof'; readonly name: 'roof' };

export const ALL: readonly Way[] = [
  ...LESSON_WAYS.map((name) => ({ kind: 'lesson', name }) as const), ...PRODUCT_WAYS.map((name) => ({ kind: 'product', name }) as const), { kind: 'roof', name: 'roof' },
];

/** Those of the plot over sizes. */
export const OVER_SIZES: readonly Way[] = [...ALL.slice(0, LESSON_WAYS.length), { kind: 'product', name: 'auto' }];

/** A layer of as many kernels as channels, 3 x 3, padding 1. */
export interface Layer {
  readonly side: number;
  readonly channels: number;
}

export interface Row {
  readonly way: Way;
  /** Median milliseconds, of the roof the least; undefined until there is one. */
  readonly ms?: number | undefined;
  /** 10^9 operations a second, of the multiply-adds of the formula. */
  readonly gflops?: number | undefined;
  /** How many times as fast as the first. */
  readonly faster?: number | undefined;
  /** From the first way, of any element; undefined for the roof, which computes something else. */
  readonly difference?: number | undefined;
}

export interface Standing {
  readonly rows: readonly Row[];
  readonly layer: Layer;
  readonly round: number;
  readonly rounds: number;
  /** Of the layer. */
  readonly macs: number;
  /** Of its im2col matrix. */
  readonly bytes: number;
}
