import type { Summary, SummaryLayer } from './summary.js';

/**
 * Floating-point operations of one run: two, a product and a sum, for every multiply-add of convolutions and of linear layers, as
 * their formulas say, whatever algorithm computes them; taps on padding count. Nothing else does: no bias, normalisation,
 * activation, pooling or sum. Tools that count a multiply-add as one (fvcore, ptflops) say about half of it.
 */
export interface Flops {
  /** Of the whole model. */
  readonly total: number;
  /** Of each layer that has any, by its name. */
  readonly byLayer: Readonly<Record<string, number>>;
  /** Of all layers of a kind: `Conv2d`, `Linear`. */
  readonly byType: Readonly<Record<string, number>>;
  /** Operators of an ONNX model that are computed beside the engine, and how many of each: what they cost is not known, and not in `total`. */
  readonly uncounted: Readonly<Record<string, number>>;
}

/** What a summary's layers cost. */
export function flopsOf({ layers, macs }: Pick<Summary, 'layers' | 'macs'>): Flops {
  const flops = (layer: SummaryLayer): number => 2 * layer.macs;
  const onHost = ({ algorithms }: SummaryLayer): number => Number(algorithms.includes('host'));
  return {
    total: 2 * macs,
    byLayer: sums(layers, 'name', flops),
    byType: sums(layers, 'type', flops),
    uncounted: sums(layers, 'type', onHost),
  };
}

/** Sums by name or type of layer; those of nothing are left out. */
function sums(layers: readonly SummaryLayer[], by: 'name' | 'type', amount: (layer: SummaryLayer) => number): Record<string, number> {
  const found = new Map<string, number>();
  for (const layer of layers) if (amount(layer) > 0) found.set(layer[by], (found.get(layer[by]) ?? 0) + amount(layer));
  return Object.fromEntries(found);
}
