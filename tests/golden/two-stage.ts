/** All stages of Faster R-CNN against PyTorch: the second stage runs on the regions of the record. */
import type { Graph } from '../../ts/graph/graph.js';
import { anchorBoxes, pyramidAnchors, resnetFpn, twoStage } from '../../ts/models/detection/parts.js';
import { boxDetections, graph, input, proposals } from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { Session } from '../../ts/session/session.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { worstRatio } from './check.js';
import type { Golden, How } from './check.js';
import { openEngine } from './engine.js';
import { formula, formulaSource } from './formula.js';

export interface TwoStageGolden extends Golden {
  /** The regions that the second stage is given. */
  readonly boxes: readonly (readonly number[])[];
}

type Record = Golden['cases'][number]['outputs'][number] & { readonly unordered?: boolean };

const SIZE = [128, 160] as const;

/** Every stage as an output; the second stage reads the input `rois`. */
export function stages(): Graph {
  const [images, rois] = [input([null, 3, null, null]), input([null, 5])];
  const { maps, heads, anchors, pool, head } = twoStage(images, { backbone: (x) => resnetFpn(50, x), roiLevels: 4 });
  const found = proposals(images, heads, anchors);
  const pooled = pool(rois);
  const features = head.features(pooled);
  const predicted = head.predict(features);
  const detections = boxDetections(images, rois, predicted);
  const outputs: { [name: string]: Value } = {
    ...Object.fromEntries(maps.map((map, i) => [i === 4 ? 'fpn.pool' : `fpn.${i}`, map])),
    ...Object.fromEntries(heads.flatMap(({ objectness, deltas }, i) => [[`rpn.objectness.${i}`, objectness], [`rpn.deltas.${i}`, deltas]])),
    'rpn.proposals': found.rois, 'rpn.count': found.count, 'roi.pool': pooled, 'roi.head': features,
    'roi.cls_logits': predicted.logits, 'roi.bbox_pred': predicted.deltas,
    'roi.detections.boxes': detections.boxes, 'roi.detections.scores': detections.scores, 'roi.detections.labels': detections.labels, 'roi.count': detections.count,
  };
  return graph({ input: images, rois }, outputs);
}

/** The first rows of the only image's list, of each row what stands from `from` on. */
function rows({ data }: Tensor, count: number, width: number, from = 0): Tensor {
  const kept = Array.from({ length: count }, (_, i) => [...(data as Float32Array).slice(i * width + from, (i + 1) * width)]).flat();
  return tensor(Float32Array.from(kept), width === 1 ? [count] : [count, width - from]);
}

/** The largest distance from a row of either list to the nearest one of the other, as a multiple of what it may be. */
function setRatio(record: Record, { data, shape }: Tensor): number {
  if (shape.join() !== record.shape.join()) return Number.POSITIVE_INFINITY;
  const tolerance = 4 * record.noise + 1e-6 * Math.max(Math.abs(record.stats.min), Math.abs(record.stats.max));
  const list = (values: ArrayLike<number>): number[][] => Array.from({ length: shape[0] ?? 0 }, (_, i) => Array.from({ length: 4 }, (_, k) => values[4 * i + k] ?? NaN));
  const [got, expected] = [list(data as Float32Array), list(record.values)];
  const apart = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((v, i) => Math.abs(v - (b[i] ?? NaN))));
  const furthest = (from: number[][], to: number[][]): number => Math.max(...from.map((row) => Math.min(...to.map((other) => apart(row, other)))));
  const ratio = Math.max(furthest(got, expected), furthest(expected, got)) / tolerance;
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
}

/** Lines that name a stage that is further off than it may be; nothing if all is well. */
export async function twoStageDeviations(golden: TwoStageGolden, net: Graph, { variant, algorithm, threads }: How): Promise<string[]> {
  const engine = await openEngine(variant, threads);
  try {
    const session = new Session(engine.instance, net, formulaSource(golden.params), { algorithm });
    const image = tensor(formula('input:input', 3 * SIZE[0] * SIZE[1], 0, 1), [1, 3, ...SIZE]);
    const rois = tensor(Float32Array.from(golden.boxes.flatMap((box) => [0, ...box])), [golden.boxes.length, 5]);
    const result = session.run({ input: image, rois });
    session.dispose();
    const records = golden.cases[0]?.outputs as readonly Record[];
    return records.flatMap((record) => {
      const got = stageOf(record, result);
      const ratio = !got ? Number.POSITIVE_INFINITY : record.unordered ? setRatio(record, got) : worstRatio({ ...record, noise: record.noise ?? 0 }, got);
      return ratio <= 1 ? [] : [`${record.name}: ${ratio.toFixed(2)} times the tolerance, ${got?.shape.join(' x ') ?? 'missing'}`];
    });
  } finally {
    await engine.close();
  }
}

/** Lists of a fixed length are cut to what they hold. */
function stageOf({ name }: Record, result: Readonly<{ [name: string]: Tensor | undefined }>): Tensor | undefined {
  const found = result[name];
  const count = (of: string): number => Number(result[of]?.data[0] ?? NaN);
  if (name === 'rpn.anchors') {
    const maps = [0, 1, 2, 3, 4].map((i) => (result[`rpn.objectness.${i}`]?.shape ?? []).slice(2) as unknown as readonly [number, number]);
    const all = anchorBoxes(pyramidAnchors(), SIZE, maps);
    return tensor(all, [all.length / 4, 4]);
  }
  if (!found) return undefined;
  if (name === 'rpn.proposals') return rows(found, count('rpn.count'), 5, 1);
  if (!name.startsWith('roi.detections')) return found;
  return rows(found, count('roi.count'), name.endsWith('boxes') ? 4 : 1);
}
