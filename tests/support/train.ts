/** Engines of training, as the tests start them. */
import { readFileSync } from 'node:fs';
import type { TrainEngine } from '../../ts/train/engine.js';
import { startTrainEngine } from '../../ts/train/wasm.js';
import { supports } from '../../ts/wasm/variant.js';

export type TrainVariant = 'scalar' | 'simd' | 'relaxed';

/** The variants that this engine of JavaScript can run. */
export const TRAIN_VARIANTS: readonly TrainVariant[] = (['scalar', 'simd', 'relaxed'] as const).filter((variant) => supports(variant));

const modules = new Map<TrainVariant, WebAssembly.Module>();

export function openTrain(variant: TrainVariant): TrainEngine {
  const file = new URL(`../../crates/pkg/train-${variant}/receptive_bg.wasm`, import.meta.url);
  const module = modules.get(variant) ?? new WebAssembly.Module(readFileSync(file));
  modules.set(variant, module);
  return startTrainEngine(module);
}
