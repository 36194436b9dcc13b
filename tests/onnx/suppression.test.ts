/** NonMaxSuppression in the engine and outside: against onnxruntime, and each as the other. tests/tasks/boxes/make_boxes.py wrote what onnxruntime says. */
import { describe, expect, it } from 'vitest';
import { hostTensor, scalar } from '../../ts/onnx/form/tensors.js';
import type { AttributeValue, HostTensor } from '../../ts/onnx/form/types.js';
import { evaluateNode } from '../../ts/onnx/plan/evaluate.js';
import type { Instance } from '../../ts/wasm/instance.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { digest, drawSet } from '../tasks/boxes/draw.js';
import ONNXRUNTIME from '../tasks/boxes/onnxruntime.json';

function select(inputs: readonly (HostTensor | undefined)[], centred: number, instance?: Instance): HostTensor {
  const attributes = new Map<string, AttributeValue>([['center_point_box', { kind: 'int', value: centred }]]);
  const node = { name: 'nms', op: 'NonMaxSuppression', domain: '', inputs: [], outputs: ['y'], attributes, opset: 11 };
  return evaluateNode(node, inputs, undefined, instance)[0]!;
}

/** Boxes [1, n, 4] of a drawn set, and scores [1, 2, n]: the second class in reverse. */
function drawn(seed: number, centred: number): [HostTensor, HostTensor] {
  const { boxes, scores } = drawSet(seed);
  const n = scores.length;
  for (let i = 0; i < n && !centred; i += 3) [boxes[4 * i], boxes[4 * i + 2]] = [boxes[4 * i + 2]!, boxes[4 * i]!];
  return [hostTensor('float32', [1, n, 4], boxes), hostTensor('float32', [1, 2, n], Float32Array.of(...scores, ...[...scores].reverse()))];
}

describe.each(['outside', ...RUNNABLE] as const)('%s', (where) => {
  const real = where === 'outside' ? undefined : openVariant(where);
  let calls = 0;
  const instance = real && { ...real, boxes: (...sizes: Parameters<Instance['boxes']>) => (calls++, real.boxes(...sizes)) };

  it('selects what onnxruntime selects', () => {
    for (const { seed, centred, numbers, selected, digest: expected } of ONNXRUNTIME) {
      const [most = 0, iou = 0, least = 0] = numbers;
      const got = select([...drawn(seed, centred), scalar('int64', most), scalar('float32', iou), scalar('float32', least)], centred, instance);
      expect([got.shape, digest(got.data)], `set ${seed}`).toEqual([[selected, 3], expected]);
    }
    expect(calls > 0).toBe(instance !== undefined);
  });

  it('keeps every number but NaN where there is no threshold, and overlaps of degenerate boxes are none', () => {
    const n = 40;
    const boxes = Float32Array.from({ length: 4 * n }, (_, i) => (i % 4 < 2 ? 0 : [1, 0, NaN, Infinity][(i >> 2) % 4]!));
    const scores = Float32Array.from({ length: n }, (_, i) => [NaN, -Infinity, 0.5, 0][i % 5 % 4]!);
    const got = select([hostTensor('float32', [1, n, 4], boxes), hostTensor('float32', [1, 1, n], scores), scalar('int64', 2 ** 53), scalar('float32', 0)], 0, instance);
    const order = (i: number): number => -scores[i]!;
    const solid = (i: number): boolean => i % 4 === 0;
    const expected = Array.from({ length: n }, (_, i) => i).filter((i) => !Number.isNaN(scores[i])).sort((a, b) => (order(a) === order(b) ? a - b : order(a) - order(b)));
    const first = expected.find(solid);
    expect([...got.data].filter((_, i) => i % 3 === 2)).toEqual(expected.filter((i) => !solid(i) || i === first));
  });
});
