import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { average } from '../../image/preprocess-for.js';
import { pair, preprocessSpec } from '../../image/spec.js';
import { UnsupportedError } from '../../entries/index.js';
import type { Graph, PreprocessOptions, PreprocessSpec } from '../../entries/index.js';

/** The image that a network takes: sizes that are open are null. */
export interface ImageInput {
  readonly channels: 1 | 3;
  readonly height: number | null;
  readonly width: number | null;
}

/** @throws UnsupportedError for a network that takes anything else than one image of 1 or 3 channels */
export function imageInputOf({ inputs, values }: Graph, place: string): ImageInput {
  const [, channels, height = null, width = null] = values[inputs[0]?.value ?? -1]?.shape ?? [];
  const rank = values[inputs[0]?.value ?? -1]?.shape.length;
  if (inputs.length === 1 && rank === 4 && (channels === 1 || channels === 3)) return { channels, height, width };
  const got = inputs.map(({ name, value }) => `${name} ${showShape(values[value]?.shape ?? [])}`).join(', ');
  return wrong(place, 'a network with one input [N, C, H, W] of 3 channels or 1', got, { as: UnsupportedError });
}

/** How pixels become the input of a network. */
export interface Pixels {
  readonly spec: PreprocessSpec;
  /** [height, width] of the input; none where photos keep a size of their own. */
  readonly size: readonly [number, number] | undefined;
}

/**
 * One preprocessing for learning and for what is asked afterwards.
 * @param given - `--preprocess`, else what the network has learned with
 * @param wanted - `--size`
 * @throws ArgumentError for a size that the network does not take, or a preprocessing that is none
 */
export function pixelsFor({ channels, height, width }: ImageInput, given: PreprocessOptions | undefined, wanted: readonly [number, number] | undefined): Pixels {
  const fixed = height !== null && width !== null ? ([height, width] as const) : undefined;
  if (fixed && wanted && (fixed[0] !== wanted[0] || fixed[1] !== wanted[1])) wrong('--size', fixed.join('x'), wanted.join('x'), { hint: 'the network takes only this size' });
  const size = fixed ?? wanted;
  const spec = preprocessSpec(given ?? (channels === 1 ? 'unit' : 'imagenet'), size);
  const made = size ? { ...spec, ...sizesFor(spec, size) } : spec;
  // Grey is normalised by the averages of the three.
  const even = (value: PreprocessSpec['mean']): PreprocessSpec['mean'] => [average(value), average(value), average(value)];
  const target = made.crop ?? (made.resize === 'shorter' ? undefined : made.size);
  return { spec: channels === 1 ? { ...made, order: 'rgb', mean: even(made.mean), std: even(made.std) } : made, size: target === undefined ? undefined : pair(target) };
}

/** A crop keeps its part of the resized image. */
function sizesFor({ size, crop }: PreprocessSpec, wanted: readonly [number, number]): Partial<PreprocessSpec> {
  if (crop === undefined || size === undefined) return { size: wanted, resize: 'stretch' };
  const [height, width] = pair(crop);
  if (height === wanted[0] && width === wanted[1]) return {};
  const factor = Math.min(...pair(size)) / Math.min(height, width);
  return { size: Math.max(...wanted, Math.round(Math.max(...wanted) * factor)), resize: 'shorter', crop: wanted };
}
