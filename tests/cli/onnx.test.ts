/** The commands for ONNX files: verify, inspect, run, convert. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../ts/formats/npy.js';
import { writeSafetensors } from '../../ts/formats/safetensors-write.js';
import { openOnnx, readTensorProto } from '../../ts/onnx/read/read.js';
import { toSurface } from '../../ts/onnx/run/surface.js';
import { unpacked } from '../onnx/cases.js';
import { cli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-cli-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

describe('ONNX', () => {
  const cases = join(unpacked('onnx-models'), 'pytorch-operator');
  const conv = join(unpacked('onnx-models'), 'pytorch-converted', 'test_Conv2d_padding');

  it('verifies cases and counts them', async () => {
    const { code, out } = await cli('verify', cases);
    expect(code).toBe(0);
    expect(out).toMatch(/^pass test_operator_add_broadcast$/m);
    expect(out.trim().split('\n').at(-1)).toBe('34 pass, 0 fail, 0 unsupported');
    const { code: none, err } = await cli('verify', folder);
    expect([none, err]).toEqual([1, 'error: there is no model.onnx in these folders\n']);
  });

  it('says by how much a wrong answer differs', async () => {
    const wrong = join(folder, 'wrong');
    cpSync(conv, wrong, { recursive: true });
    const file = join(wrong, 'test_data_set_0', 'output_0.pb');
    const bytes = readFileSync(file);
    bytes.writeFloatLE(1000, bytes.length - 4);
    chmodSync(file, 0o644);
    writeFileSync(file, bytes);
    const { code, out } = await cli('verify', wrong);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail wrong: test_data_set_0: .* differs by [\d.]+ at \d+: .*, expected 1000$/m);
  });

  it('says what is to be done with a file that it does not read', async () => {
    const weights = join(folder, 'weights.safetensors');
    writeFileSync(weights, writeSafetensors([{ name: 'a', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }]));
    const described = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
    const model = join(conv, 'model.onnx');
    const none = (place: string, what = 'a file'): RegExp => new RegExp(`^error: ${place}: .*no-such.*: expected ${what} that can be read, got no such file; check the path\n$`);
    const cases: [string[], RegExp][] = [
      [['inspect', weights], /weights\.safetensors: expected an ONNX model, got a safetensors file of weights alone, without a graph; give it to the graph that it is of: load\(graph, \{ weights \}\)/],
      [['inspect', described], /expected an ONNX model, got a safetensors file with a graph; receptive summary .*squeezenet1_1\.safetensors describes it/],
      [['inspect', fileURLToPath(new URL('../../examples/assets/photos/coffee.png', import.meta.url))], /coffee\.png: expected an ONNX model, got a picture, \d+ bytes; pictures are for classify/],
      [['inspect', 'no-such.onnx'], none('model')],
      [['inspect', folder], /^error: model: .*: expected a file that can be read, got a folder; check the path\n$/],
      [['run', model, '--input', 'x=no-such.npy', '-o', folder], none('--input')],
      [['run', model, '--input', '3', '-o', folder], /--input: expected NAME=FILE\.npy, got "3"/],
      [['convert', 'no-such.onnx', '-o', join(folder, 'a.safetensors')], none('source')],
      [['convert', 'lenet5', '--weights', 'no-such.safetensors', '-o', join(folder, 'a.safetensors')], none('--weights')],
      [['verify', 'no-such'], none('dir', 'a folder')],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await cli(...args);
      expect({ args, code, out }).toEqual({ args, code: 1, out: '' });
      expect(err).toMatch(message);
    }
  });

  it('inspects a model', async () => {
    const report = await jsonOf<{ inputs: string[]; ops: Record<string, number>; gaps: unknown[]; cost: { macs: number } }>('inspect', join(conv, 'model.onnx'));
    expect(report.ops).toEqual({ Conv: 1 });
    expect(report.gaps).toEqual([]);
    expect(report.cost.macs).toBeGreaterThan(0);
  });

  it('lists every gap of a model and exits with 1', async () => {
    const file = join(folder, 'gaps.onnx');
    writeFileSync(file, Buffer.from(readFileSync(join(conv, 'model.onnx')).toString('latin1').replace('Conv', 'Corn'), 'latin1'));
    const { code, out, err } = await cli('inspect', file);
    expect(code).toBe(1);
    expect(out).toMatch(/Corn +no such operator here/);
    expect(err).toBe('error: 1 nodes are not supported\n');
    const { err: refused } = await cli('summary', file);
    expect(refused).toMatch(/expected nodes that are supported, got 1 that are not: .*Corn of operator set/);
  });

  it('runs a model on arrays, and converts it to give the same', async () => {
    const data = join(conv, 'test_data_set_0');
    const tensorOf = (name: string) => toSurface(readTensorProto(readFileSync(join(data, name)), name));
    const input = join(folder, 'x.npy');
    writeFileSync(input, writeNpy(tensorOf('input_0.pb')));
    const { inputs, outputs } = openOnnx(readFileSync(join(conv, 'model.onnx')), 'conv').read().graph;
    const [x, y] = [inputs[0]?.name ?? '', outputs[0]?.name ?? ''];
    const converted = join(folder, 'conv.safetensors');
    expect((await cli('convert', join(conv, 'model.onnx'), '-o', converted)).code).toBe(0);
    const want = tensorOf('output_0.pb');
    for (const model of [join(conv, 'model.onnx'), converted]) {
      const { code, err } = await cli('run', model, '--input', `${x}=${input}`, '-o', folder);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const got = readNpy(readFileSync(join(folder, `${y}.npy`)), 'y');
      expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
      const worst = Math.max(...Array.from(want.data as Float32Array, (value, i) => Math.abs(value - Number(got.data[i]))));
      expect(worst).toBeLessThan(1e-5);
    }
    const before = readFileSync(converted);
    expect((await cli('convert', converted, '-o', converted, '--dtype', 'f16')).err).toMatch(/expected a file other than those that are read/);
    expect(readFileSync(converted).equals(before)).toBe(true);
    expect((await cli('run', converted, '--input', x, '-o', folder)).err).toMatch(/expected NAME=FILE.npy/);
  });
});
