/** What `receptive train` is made of, where a run as a user would make one does not reach. */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as training from 'receptive/train/inline';
import { afterAll, describe, expect, it } from 'vitest';
import { withClasses } from '../../ts/cli/train/network.js';
import { pixelsFor } from '../../ts/cli/train/pixels.js';
import { settingsOf } from '../../ts/cli/train/settings.js';
import { confusionTable, duration, ProgressLine } from '../../ts/cli/train/told.js';
import { expectPlace, writeWhole } from '../../ts/cli/train/whole-file.js';
import { ArgumentError, UnsupportedError } from '../../ts/base/errors.js';
import { graphEnding } from '../../ts/graph/ending.js';
import * as models from '../../ts/models/index.js';
import { add, batchNorm2d, conv2d, flatten, globalAvgPool2d, linear, named, relu, sequential, sigmoid, softmax, toGraph } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-train-parts-'));
afterAll(() => rmSync(top, { recursive: true }));

describe('the last layer', () => {
  const NO_CLASSIFIERS = ['unet', 'yolov3_tiny', 'tinyYolo', 'tinyFasterRcnn', 'fasterrcnn_resnet50_fpn', 'ssdlite320_mobilenet_v3_large', 'retinanet_resnet50_fpn', 'fcn_resnet50', 'deeplabv3_mobilenet_v3_large', 'lraspp_mobilenet_v3_large'] as const;
  type Classifiers = Exclude<keyof typeof models, (typeof NO_CLASSIFIERS)[number]>;
  const names = Object.keys(models).filter((name): name is Classifiers => !NO_CLASSIFIERS.some((other) => other === name));

  it.each(names)('of %s is made anew as its builder makes it', (name) => {
    const before = models[name]();
    const { graph, head } = withClasses(before, 7, name);
    expect(graph.params).toEqual(models[name]({ classes: 7 }).params);
    const changed = graph.params.filter(({ shape }, i) => String(shape) !== String(before.params[i]?.shape));
    expect([...head].sort()).toEqual(changed.map((param) => param.name).sort());
  });

  const net = (...layers: Layer[]) => toGraph(sequential([conv2d(1, 4, 3), globalAvgPool2d(), flatten(), ...layers], { input: [null, 1, 8, 8] }));

  it('loses the softmax behind it, which the loss has itself', () => {
    const { graph } = withClasses(net(linear(4, 5), softmax()), 3, 'net');
    expect(graphEnding(graph)).toBe('raw');
    expect(graph.nodes.map(({ op }) => op.type)).toEqual(withClasses(net(linear(4, 5)), 3, 'net').graph.nodes.map(({ op }) => op.type));
    expect(graph.values[graph.outputs[0]!.value]?.shape).toEqual([null, 3]);
  });

  const fc = linear(4, 4);
  const refused: [string, () => ReturnType<typeof net>, RegExp][] = [
    ['a sigmoid', () => net(linear(4, 5), sigmoid()), /got a sigmoid/],
    ['a sum behind it', () => net(named('block', (x) => add(fc(x), x))), /last with weights, got block/],
    ['nothing with weights', () => toGraph(sequential([relu(), globalAvgPool2d(), flatten()], { input: [null, 1, 8, 8] })), /got none/],
    ['a norm behind it', () => toGraph(sequential([conv2d(1, 4, 3), batchNorm2d(4), globalAvgPool2d(), flatten()], { input: [null, 1, 8, 8] })), /last with weights, got 1/],
    ['maps', () => models.unet(), /scores \[N, 3\], got/],
  ];
  it.each(refused)('is refused: %s', (_, make, message) => {
    expect(() => withClasses(make(), 3, 'net')).toThrow(UnsupportedError);
    expect(() => withClasses(make(), 3, 'net')).toThrow(message);
  });
});

describe('pixels', () => {
  const open = { channels: 3, height: null, width: null } as const;

  it('keep the part that a crop is of the resized image', () => {
    expect(pixelsFor(open, undefined, undefined)).toMatchObject({ spec: { size: 256, crop: 224 }, size: [224, 224] });
    const { spec } = pixelsFor(open, undefined, [96, 96]);
    expect(spec).toMatchObject({ size: 110, crop: [96, 96], resize: 'shorter' });
    // As a file has it, once more.
    expect(pixelsFor(open, spec, undefined)).toEqual({ spec, size: [96, 96] });
    expect(pixelsFor(open, spec, [48, 48]).spec).toMatchObject({ size: 55, crop: [48, 48], resize: 'shorter' });
  });

  it('are stretched to the size where nothing is cropped', () => {
    expect(pixelsFor(open, 'unit', [20, 30])).toMatchObject({ spec: { size: [20, 30], resize: 'stretch' }, size: [20, 30] });
    expect(pixelsFor(open, 'unit', undefined).size).toBeUndefined();
  });

  it('of grey are normalised by the averages, as classify does', () => {
    const { spec } = pixelsFor({ channels: 1, height: 28, width: 28 }, { mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 0.8], order: 'bgr' }, undefined);
    expect(spec).toMatchObject({ mean: Array(3).fill(expect.closeTo(0.2)), std: Array(3).fill(expect.closeTo(0.6)), order: 'rgb', size: [28, 28] });
  });
});

describe('settings', () => {
  it('have the defaults of PyTorch, and those that a training began with count before them', () => {
    expect(settingsOf({ optimizer: 'rmsprop' }, undefined)).toMatchObject({ epochs: 5, batch: 64, optimizer: 'rmsprop', lr: 1e-2, all: false });
    const before = settingsOf({ batch: 8, augment: { shift: 1 } }, undefined);
    expect(settingsOf({ epochs: 9, batch: 8 }, before, 'x')).toEqual({ ...before, epochs: 9 });
    for (const other of [{ batch: 9 }, { augment: true }, { seed: 1 }, { all: true }, { validation: 0.2 }] as const) expect(() => settingsOf(other, before, 'x')).toThrow(ArgumentError);
  });
});

describe('a file written whole', () => {
  it('replaces the one before, and leaves nothing beside it', () => {
    const file = join(top, 'a');
    writeWhole(file, Uint8Array.of(1, 2, 3));
    writeWhole(file, Uint8Array.of(4));
    expect([...readFileSync(file)]).toEqual([4]);
    expect(readdirSync(top)).toEqual(['a']);
  });

  it('takes nothing from who reads the one before', () => {
    const file = join(mkdtempSync(join(top, 'read-')), 'a');
    writeWhole(file, Uint8Array.of(1, 2, 3));
    const reader = openSync(file, 'r');
    writeWhole(file, Uint8Array.of(4));
    const read = Buffer.alloc(8);
    expect([...read.subarray(0, readSync(reader, read, 0, 8, 0))]).toEqual([1, 2, 3]);
    closeSync(reader);
  });

  it('leaves the one before where it cannot be written', () => {
    const folder = mkdtempSync(join(top, 'taken-'));
    const file = join(folder, 'b');
    writeFileSync(file, 'mine');
    // There is no folder to write into; and the new file cannot take the place of a folder.
    expect(() => writeWhole(join(file, 'c'), Uint8Array.of(1))).toThrow(ArgumentError);
    expect(() => writeWhole(folder, Uint8Array.of(1))).toThrow(/cannot be written \(.*\); it is as it was before/);
    expect([readFileSync(file, 'utf8'), readdirSync(folder), readdirSync(top).filter((name) => name.endsWith('.part'))]).toEqual(['mine', ['b'], []]);
  });

  it('clears what a process left that is no more, and nothing else', () => {
    const folder = mkdtempSync(join(top, 'left-'));
    const ended = 2 ** 22 + 1; // More than any process of Linux has.
    const others = [`f.${process.pid}.part`, 'f.part', `g.${ended}.part`, `f.x.${ended}.part`];
    for (const name of [`f.${ended}.part`, ...others]) writeFileSync(join(folder, name), '');
    expectPlace(join(folder, 'f'));
    expect(readdirSync(folder).sort()).toEqual([...others].sort());
  });
});

describe('what is told', () => {
  const step = {
    kind: 'step', epoch: 2, epochs: 5, batch: 10, batches: 40, loss: 0.25, losses: [0.25], accuracy: 0.5, gradNorm: 1, lr: 1, step: 50, updated: true, skipped: false,
    imagesPerSecond: 12345.6, secondsLeft: 3725,
  } as const;

  it('is a line that is drawn over itself, on a terminal and not too often', () => {
    const [written, at] = [[] as string[], { now: 0 }];
    const line = new ProgressLine({ isTTY: true, columns: 200, write: (text) => written.push(text) }, () => at.now);
    line.draw(step);
    line.draw(step);
    at.now = 100;
    line.draw({ ...step, batch: 40, secondsLeft: undefined });
    line.clear();
    line.clear();
    expect(written).toEqual([
      '\r\x1b[Kepoch 2/5 [###.......] 10/40  loss 0.2500, 50.0 %, 1:02:05 left, 12,346 images/s',
      '\r\x1b[Kepoch 2/5 [##########] 40/40  loss 0.2500, 50.0 %, 12,346 images/s',
      '\r\x1b[K',
    ]);
  });

  it('is no line on what is no terminal, and none that is longer than the terminal is wide', () => {
    const written: string[] = [];
    const write = (text: string): unknown => written.push(text);
    new ProgressLine({ write }).draw(step);
    expect(written).toEqual([]);
    new ProgressLine({ isTTY: true, columns: 30, write }).draw(step);
    expect(written.map((text) => text.length)).toEqual(['\r\x1b[K'.length + 29]);
  });

  it('says how long in hours, minutes and seconds', () => {
    expect([0, 9.6, 61, 3599.7, 36_000].map(duration)).toEqual(['0:00', '0:10', '1:01', '1:00:00', '10:00:00']);
  });

  const judged = (counts: number[], size: number) => ({ loss: 1, accuracy: 0.5, examples: 4, confusion: { classes: undefined, counts: Uint32Array.from(counts), size } });

  it('is a table of what was taken for what, of many classes the worst pairs', () => {
    expect(confusionTable(judged([3, 1, 0, 0], 2), ['cat', 'dog'])).toBe('is \\ said  cat  dog   right\ncat          3    1  75.0 %\ndog          0    0');
    const counts = Array.from({ length: 25 * 25 }, (_, i) => (i === 26 ? 9 : i === 27 ? 2 : i === 30 ? 5 : 0));
    const names = Array.from({ length: 25 }, (_, i) => `class ${i}`);
    expect(confusionTable(judged(counts, 25), names)).toBe('is       said     times\nclass 1  class 5      5\nclass 1  class 2      2');
  });
});

it('the optimisers that the command line names are there', () => {
  for (const name of ['adamw', 'adam', 'sgd', 'rmsprop'] as const) expect(training[name]({ lr: 1 }).lr).toBe(1);
});
