/** What heads read of outputs is what the papers' formulas say, and the shapes say which head it is. */
import { describe, expect, it, test } from 'vitest';
import { UnsupportedError } from '../../../../ts/base/errors.js';
import { chooseHead, eachHead } from '../../../../ts/tasks/detect/choose-head.js';
import type { HeadQuestion, RawBoxes } from '../../../../ts/tasks/detect/head.js';
import { HEAD_NAMES } from '../../../../ts/tasks/detect/spec.js';
import type { DetectSpec } from '../../../../ts/tasks/detect/spec.js';
import type { AnyTensor } from '../../../../ts/tensor/tensor.js';
import { openVariant } from '../../../golden/engine.js';
import { CASES, tensorsOf } from './outputs.js';

const instance = openVariant('simd');

type Outputs = readonly (readonly [name: string, shape: readonly number[], dtype?: AnyTensor['dtype']])[];

const question = (outputs: Outputs, spec: Omit<DetectSpec, 'kind'> = {}, labels?: number, size: readonly [number, number] = [640, 640]): HeadQuestion => ({
  outputs: outputs.map(([name, shape, dtype = 'float32']) => ({ name, shape, dtype })), size, spec: { kind: 'detect', ...spec }, labels,
});

/** Rows as the oracle has them: highest score first. */
function rowsOf({ boxes, scores, classes }: RawBoxes): number[][] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  return order.map((i) => [...boxes.subarray(4 * i, 4 * i + 4), scores[i]!, classes[i]!]);
}

describe.each(CASES)('$name', (each) => {
  const tensors = tensorsOf(each);
  const outputs = Object.entries(tensors).map(([name, { shape, dtype }]) => [name, shape, dtype] as const);

  it('is found by its shapes, and read', () => {
    const spec = each.found ? each.spec : { ...each.spec, head: each.head };
    const { head, fit } = chooseHead(question(outputs, spec, each.labels ?? undefined, each.size));
    expect(head.name).toBe(each.head);
    const rows = rowsOf(fit.read({ instance, tensors, score: each.score, most: 30_000 }));
    expect(rows).toHaveLength(each.boxes.length);
    rows.forEach((row, i) => row.forEach((value, k) => {
      const want = each.boxes[i]![k]!;
      const tolerance = k === 5 ? 0 : k === 4 ? 2e-6 : 2e-5 * Math.max(8, Math.abs(want));
      expect(Math.abs(value - want) <= tolerance, `box ${i}, number ${k}: ${value} instead of ${want}`).toBe(true);
    }));
  });

  it('keeps no more than it is told to', () => {
    const { fit } = chooseHead(question(outputs, { ...each.spec, head: each.head }, each.labels ?? undefined, each.size));
    const { scores, boxes } = fit.read({ instance, tensors, score: 1, most: 30_000 });
    expect([scores.length, boxes.length]).toEqual([0, 0]);
  });
});

test('every head has a case', () => {
  expect(HEAD_NAMES.filter((name) => !CASES.some(({ head }) => head === name))).toEqual([]);
});

describe('which head it is', () => {
  const pick = (outputs: Outputs, spec: Omit<DetectSpec, 'kind'> = {}, labels?: number, size?: readonly [number, number]) =>
    chooseHead(question(outputs, spec, labels, size)).head.name;

  const known: readonly (readonly [what: string, head: string, outputs: Outputs, labels?: number, size?: readonly [number, number]])[] = [
    ['YOLOv5 at 640', 'yolov5', [['output', [1, 25200, 85]]]],
    ['YOLOv5 with its maps beside', 'yolov5', [['output', [1, 25200, 85]], ['a', [1, 3, 80, 80, 85]], ['b', [1, 3, 40, 40, 85]], ['c', [1, 3, 20, 20, 85]]]],
    ['YOLOv5 with four strides at 1280', 'yolov5', [['output', [1, 102000, 85]]], undefined, [1280, 1280]],
    ['YOLOv5 of masks', 'yolov5', [['output0', [1, 25200, 117]], ['output1', [1, 32, 160, 160]]], 80],
    ['YOLOv8', 'yolov8', [['output0', [1, 84, 8400]]]],
    ['YOLOv8 that says its names', 'yolov8', [['output0', [1, 84, 8400]]], 80],
    ['YOLOv8 of one class', 'yolov8', [['output0', [1, 5, 8400]]], 1],
    ['YOLOv8 of masks', 'yolov8', [['output0', [1, 116, 8400]], ['output1', [1, 32, 160, 160]]], 80],
    ['YOLOv8 with rows and columns exchanged', 'yolov8', [['output0', [1, 8400, 84]]], 80],
    ['YOLOX', 'yolox', [['output', [1, 8400, 85]]]],
    ['YOLOX that is given names', 'yolox', [['output', [1, 8400, 85]]], 80],
    ['YOLOX of one class', 'yolox', [['output', [1, 3549, 6]]], undefined, [416, 416]],
    ['YOLOv10', 'yolov10', [['output0', [1, 300, 6]]], 80],
    ['no box of YOLOv7 from end to end', 'yolov10', [['output', [0, 7]]]],
    ['RetinaNet of torchvision', 'torchvision', [['boxes', [0, 4]], ['scores', [0]], ['labels', [0], 'int64']]],
    ['Mask R-CNN of torchvision', 'torchvision', [['boxes', [3, 4]], ['labels', [3], 'int64'], ['scores', [3]], ['masks', [3, 1, 640, 640]]]],
    ['TensorRT', 'torchvision', [['num_dets', [1, 1], 'int32'], ['det_boxes', [1, 100, 4]], ['det_scores', [1, 100]], ['det_classes', [1, 100], 'int32']]],
    ['a face detector of a thousand boxes', 'ssd', [['scores', [1, 4420, 2]], ['boxes', [1, 4420, 4]]], undefined, [240, 320]],
    ['three classes and the background', 'ssd', [['scores', [1, 4420, 4]], ['boxes', [1, 4420, 4]]], undefined, [240, 320]],
    ['the full range of BlazeFace', 'blazeface', [['s', [1, 2304, 1]], ['b', [1, 2304, 16]]], undefined, [192, 192]],
  ];
  for (const [what, head, outputs, labels, size] of known) test(what, () => expect(pick(outputs, {}, labels, size)).toBe(head));

  const refused: readonly (readonly [what: string, message: RegExp, outputs: Outputs, spec?: Omit<DetectSpec, 'kind'>])[] = [
    ['scores of classes', /got y \[1, 1000\]: no known form of detectors fits the outputs; name the nearest/, [['y', [1, 1000]]]],
    ['no output', /no known form/, []],
    ['maps that two read', /more than one form fits \(yolov3, yolov8\).*say which: load\(file/, [['a', [1, 144, 80, 80]], ['b', [1, 144, 40, 40]], ['c', [1, 144, 20, 20]]]],
    ['one map of anchors', /more than one form fits \(yolov2, yolov3\)/, [['a', [1, 425, 20, 20]]], { anchors: [[[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]]] }],
    ['a named head that lacks anchors', /got a \[1, 425, 20, 20\]: the form yolov2 needs the option anchors, a list for each of 1 maps/, [['a', [1, 425, 20, 20]]], { head: 'yolov2' }],
    ['a named head of other maps', /the form yolov3 needs 4 numbers, an objectness and at least one score for each of 3 anchors, got 10 numbers/, [['a', [1, 10, 40, 40]], ['b', [1, 10, 20, 20]]], { head: 'yolov3' }],
    ['strides that are not there', /the form yolov3 needs one map for each of the strides 4, 8/, [['a', [1, 255, 40, 40]], ['b', [1, 255, 20, 20]]], { head: 'yolov3', strides: [4, 8] }],
    ['two boxes', /the form ssd needs one output whose name says that it has boxes, of a and b/, [['a', [1, 10, 4]], ['b', [1, 10, 4]]], { head: 'ssd' }],
    ['too few anchors', /the form ssd needs 800 rows, as many as the anchors of all cells/, [['scores', [1, 10, 3]], ['boxes', [1, 10, 4]]], { head: 'ssd', strides: [32], anchors: [[[1, 1], [2, 2]]] }],
    ['anchors without strides', /the form ssd needs the option strides/, [['scores', [1, 10, 3]], ['boxes', [1, 10, 4]]], { head: 'ssd', anchors: [[[1, 1], [2, 2]]] }],
    ['labels or scores', /the form torchvision needs two outputs of which types or names tell/, [['boxes', [5, 4]], ['a', [5]], ['b', [5]]], { head: 'torchvision' }],
    ['rows for no cell', /got output \[1, 77, 85\]: the form yolox needs a row for each cell of the strides 8, 16, 32/, [['output', [1, 77, 85]]], { head: 'yolox' }],
    ['rows without scores', /the form yolov5 needs 4 numbers, an objectness and at least one score/, [['output', [1, 77, 5]]], { head: 'yolov5' }],
    ['a batch', /no known form/, [['output', [2, 84, 8400]]]],
  ];
  for (const [what, message, outputs, spec] of refused) {
    test(`${what}: refused`, () => {
      expect(() => pick(outputs, spec)).toThrow(UnsupportedError);
      expect(() => pick(outputs, spec)).toThrow(message);
    });
  }

  test('labels say which of two it is', () => {
    const maps: Outputs = [['a', [1, 144, 80, 80]], ['b', [1, 144, 40, 40]], ['c', [1, 144, 20, 20]]];
    expect(pick(maps, {}, 80)).toBe('yolov8');
    expect(pick(maps, {}, 43)).toBe('yolov3');
  });

  test('every head says what it lacks', () => {
    for (const { head, fit } of eachHead(question([['y', [1, 1000]]]))) expect(fit, head.name).toMatch(/^needs /);
  });
});
