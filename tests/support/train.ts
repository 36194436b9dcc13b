/** Engines of training, as the tests start them. */
import { existsSync, readFileSync } from 'node:fs';
import { loadInline } from '../../ts/model/inline-model.js';
import type { OpenModel } from '../../ts/train/trainer.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { startTrainEngine } from '../../ts/train/wasm.js';
import { supports } from '../../ts/wasm/variant.js';

export type TrainVariant = 'scalar' | 'simd' | 'relaxed';

const fileOf = (variant: TrainVariant): URL => new URL(`../../crates/pkg/train-${variant}/receptive_bg.wasm`, import.meta.url);

/** The variants that this engine of JavaScript can run. */
export const TRAIN_VARIANTS: readonly TrainVariant[] = (['scalar', 'simd', 'relaxed'] as const).filter((variant) => supports(variant) && existsSync(fileOf(variant)));

const modules = new Map<TrainVariant, WebAssembly.Module>();

export function openTrain(variant: TrainVariant): TrainEngine {
  const module = modules.get(variant) ?? new WebAssembly.Module(readFileSync(fileOf(variant)));
  modules.set(variant, module);
  return startTrainEngine(module);
}

/** Opens models on the calling thread, as the entry does. */
export const openModel: OpenModel = (graph, options) => loadInline(graph, { variant: 'simd', ...options }, {
  defaultWasm: (variant) => new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url).href,
  only: undefined,
  readers: [],
});
