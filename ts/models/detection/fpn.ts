import { expectList } from '../../base/given.js';
import { wrong } from '../../base/wrong.js';
import { checkName } from '../../layers/layer.js';
import { checkValue } from '../../layers/value.js';
import { whole } from '../../ops/common.js';
import { add, conv2d, maxPool2d, named, relu, upsampleLike } from '../../ops/layers.js';
import type { Layer, Value } from '../../ops/layers.js';
import { sequential } from '../../ops/layers.js';

/** Calls a layer under a path: its parameters are named after it. */
export const under = (path: string, layer: Layer, x: Value): Value => named(path, (value) => sequential([layer])(value))(x);

/** The levels of a pyramid, one for each map. */
function levels(name: string, maps: readonly Value[], channels: number): readonly Value[] {
  checkName('fpn', name);
  whole('fpn: channels', channels, 1);
  expectList('fpn', 'a list of maps', maps);
  if (maps.length === 0) wrong('fpn', 'maps', 'none');
  maps.forEach((map) => checkValue('fpn', map));
  let above: Value | undefined;
  const results: Value[] = [];
  for (const [level, map] of [...maps.entries()].reverse()) {
    const from = map.shape[1] ?? wrong(`fpn: map ${level}`, 'a number of channels', 'an open one');
    const lateral = under(`${name}.inner_blocks.${level}`, conv2d(from, channels, 1), map);
    above = above === undefined ? lateral : add(lateral, upsampleLike(above, lateral));
    results.unshift(under(`${name}.layer_blocks.${level}`, conv2d(channels, channels, 3, { padding: 1 }), above));
  }
  return results;
}

/**
 * Feature pyramid network (Lin et al. 2016, arXiv 1612.03144), as torchvision's with its pooled level: each map is brought to as many
 * channels, added to the coarser one made as large, and smoothed. Parameters: `inner_blocks.i.0`, `layer_blocks.i.0`.
 * @param name - module path
 * @param maps - the finest first, [N, C, H, W]; channels must be known
 * @param channels - of each result. Default 256
 * @returns as many maps, and one of half the size of the last
 * @throws ArgumentError for no maps, a name or a number of channels that is none, or a map whose channels are open; GraphError, ShapeError for
 *   what is no map
 */
export function fpn(name: string, maps: readonly Value[], channels = 256): Value[] {
  const results = levels(name, maps, channels);
  return [...results, maxPool2d(1, { stride: 2 })(results.at(-1)!)];
}

/**
 * The same with two coarser levels that are learned, as torchvision's `LastLevelP6P7` (Lin et al. 2017, arXiv 1708.02002): 3x3 convolutions
 * of stride 2, a ReLU before the second. Parameters beside those of `fpn`: `extra_blocks.p6`, `extra_blocks.p7`.
 * @returns two maps more than were given
 */
export function fpnP6P7(name: string, maps: readonly Value[], channels = 256): Value[] {
  const results = levels(name, maps, channels);
  const half = (level: string, x: Value): Value => named(`${name}.extra_blocks`, sequential({ [level]: conv2d(channels, channels, 3, { stride: 2, padding: 1 }) }))(x);
  const p6 = half('p6', results.at(-1)!);
  return [...results, p6, half('p7', relu()(p6))];
}
