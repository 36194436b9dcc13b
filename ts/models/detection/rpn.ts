import { expectList } from '../../base/given.js';
import { checkName } from '../../layers/layer.js';
import { conv2d, named, relu, sequential } from '../../ops/layers.js';
import type { Layer, LevelHead, Value } from '../../ops/layers.js';

/**
 * The head of a region proposal network (Ren et al. 2015, arXiv 1506.01497), one for all levels: 3x3 with ReLU, then 1x1 to objectness and
 * to offsets. Parameters: `conv.0.0`, `cls_logits`, `bbox_pred`.
 * @param name - module path
 * @param channels - of the maps
 * @param anchors - boxes around each element
 * @returns what takes maps [N, channels, H, W]; of another shape they are refused there with a ShapeError
 * @throws ArgumentError for a name that is no text, or numbers that are no whole numbers from 1 on
 */
export function rpnHead(name: string, channels: number, anchors: number): (maps: readonly Value[]) => LevelHead[] {
  checkName('rpnHead', name);
  const conv = sequential([sequential([conv2d(channels, channels, 3, { padding: 1 }), relu()])]);
  const heads = { cls_logits: conv2d(channels, anchors, 1), bbox_pred: conv2d(channels, 4 * anchors, 1) };
  const under = (part: string, layer: Layer, x: Value): Value => named(name, (value) => sequential({ [part]: layer })(value))(x);
  return (maps) => {
    expectList('rpnHead', 'a list of maps', maps);
    return maps.map(headOf);
  };

  function headOf(map: Value): LevelHead {
    const hidden = under('conv', conv, map);
    return { objectness: under('cls_logits', heads.cls_logits, hidden), deltas: under('bbox_pred', heads.bbox_pred, hidden) };
  }
}
