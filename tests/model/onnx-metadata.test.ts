/** What exporters write about a model is known once it is loaded; what has no meaning is left out. */
import { describe, expect, it, test } from 'vitest';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { describeOnnx } from '../../ts/model/onnx-metadata.js';
import { modelBytes } from '../onnx/build.js';
import { load } from 'receptive/inline';

const NODES = [{ op: 'ReduceSum', inputs: ['x'], outputs: ['s'], int: { keepdims: 0 } }, { op: 'Mul', inputs: ['s', 'zero'], outputs: ['z'] }, { op: 'Add', inputs: ['z', 'boxes'], outputs: ['output0'] }];

/** A detector that always finds the same: [1, 4 + 2, 84], of which column 7 is a box of class 1. */
function bytes(metadata: Readonly<Record<string, string>>, shape: readonly (number | string)[] = [1, 3, 64, 64]): Uint8Array {
  const boxes = new Array<number>(6 * 84).fill(0);
  [32, 24, 20, 10, 0.1, 0.75].forEach((value, k) => (boxes[84 * k + 7] = value));
  return modelBytes({ inputs: { x: shape }, outputs: ['output0'], nodes: NODES, weights: { zero: [[], [0]], boxes: [[1, 6, 84], boxes] }, metadata });
}

const described = (metadata: Readonly<Record<string, string>>, shape?: readonly (number | string)[]) => describeOnnx(readOnnx(bytes(metadata, shape), 'model'));

const YOLO = { names: "{0: 'cat', 1: \"the dog's\"}", task: 'detect', stride: '32', imgsz: '[64, 64]', batch: '1' };
const OPEN = [1, 3, 'height', 'width'];

describe('what is described', () => {
  const known: readonly (readonly [what: string, metadata: Readonly<Record<string, string>>, expected: object, shape?: readonly (number | string)[]])[] = [
    ['a detector', YOLO, { labels: ['cat', "the dog's"], task: { kind: 'detect', preprocess: 'letterbox' } }],
    ['one of open size', YOLO, { task: { kind: 'detect', preprocess: { preset: 'letterbox', size: [64, 64], multiple: 32 } } }, OPEN],
    ['one of masks', { ...YOLO, task: 'segment' }, { task: { kind: 'detect', preprocess: 'letterbox' } }],
    ['one of key points', { ...YOLO, task: 'pose', kpt_shape: '[17, 3]' }, { task: { kind: 'detect', preprocess: 'letterbox', extra: 51 } }],
    ['a classifier', { ...YOLO, task: 'classify' }, { task: { kind: 'classify', preprocess: { preset: 'unit', resize: 'shorter', size: 64, crop: [64, 64] } } }],
    ['a detector of YOLOv5, which says no task', { names: "['a', 'b']", stride: '32' }, { labels: ['a', 'b'], task: undefined }],
    ['boxes that are turned', { ...YOLO, task: 'obb' }, { labels: ['cat', "the dog's"], task: undefined }],
    ['names as JSON', { names: '{"1": "b", "0": "a"}' }, { labels: ['a', 'b'] }],
    ['nothing', {}, { labels: undefined, task: undefined }],
    ['nothing of one', { ...YOLO, imgsz: 'large', stride: '[8, 16, 32]', task: 'detect' }, { task: { kind: 'detect', preprocess: 'letterbox' } }, OPEN],
  ];
  for (const [what, metadata, expected, shape] of known) test(what, () => expect(described(metadata, shape)).toMatchObject(expected));

  test.each(['{0: 1}', "{1: 'a'}", "{0: 'a', 2: 'b'}", '[]', '{}', "'a'", '7', "{0: 'a'", `['${'a'.repeat(1001)}']`, `[${"'a',".repeat(70_000)}]`, "__import__('os').system('x')"])(
    'names that are none: %.30s', (names) => {
      expect(described({ names }).labels).toBeUndefined();
    });

  test.each([{ imgsz: '[0, 64]' }, { imgsz: '[1e9, 64]' }, { imgsz: '[64]' }, { imgsz: '-64' }, { imgsz: '0.5' }])('sizes that are none: %o', ({ imgsz }) => {
    expect(described({ ...YOLO, imgsz }, OPEN).task).toEqual({ kind: 'detect', preprocess: 'letterbox' });
  });
});

describe('a model that was loaded', () => {
  const photo = { data: new Uint8Array(3 * 128 * 64), width: 128, height: 64, channels: 3 } as const;

  it('knows its labels, task and preprocessing', async () => {
    using model = await load(bytes(YOLO));
    expect([model.labels, model.task]).toEqual([['cat', "the dog's"], 'detection']);
    const { boxes, head } = await model.detect(photo);
    expect(head).toBe('yolov8');
    // 128 x 64 is laid half as large into 64 x 64, from row 16 on.
    expect(boxes).toEqual([{ left: 44, top: 6, width: 40, height: 20, score: 0.75, label: "the dog's", index: 1 }]);
    await expect(model.classify(photo)).rejects.toThrow(/classify: expected a model made for classification, got one made for detection; use detect\(\)/);
  });

  it('keeps what its file says beside what is asked', async () => {
    using model = await load(bytes(YOLO), { task: { kind: 'detect', score: 0.8 } });
    expect((await model.detect(photo)).boxes).toEqual([]);
    expect((await model.detect(photo, { score: 0.5 })).boxes).toMatchObject([{ left: 44, top: 6 }]);
    using other = await load(bytes(YOLO), { task: 'segmentation', labels: ['x'] });
    expect([other.task, other.labels]).toEqual(['segmentation', ['x']]);
  });
});
