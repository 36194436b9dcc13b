/** Files of other tools are told by their first bytes, with the line that makes of them what is read here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { foreignFormat } from '../../ts/formats/foreign.js';
import { writeSafetensors } from '../../ts/formats/safetensors-write.js';
import { inMemory, store } from '../../ts/formats/stored.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { onnxReaderLater } from '../../ts/model/read-onnx-later.js';
import { linear, sequential } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';

const wasm = new WebAssembly.Module(new Uint8Array(readFileSync(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url))));
const NET = sequential([linear(1, 1)], { input: [1, 1] });
const folder = mkdtempSync(join(tmpdir(), 'receptive-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const latin1 = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));
const padded = (s: string): Uint8Array => latin1(s + '\x01'.repeat(200));

/** A zip archive with files of these names: local headers, and the directory behind them. */
function zip(...names: readonly string[]): Uint8Array {
  const body = deflateRawSync(Buffer.from('x'.repeat(40)));
  const locals = names.map((name) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt32LE(body.length, 18);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name), body]);
  });
  const directory = names.map((name) => {
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(name.length, 28);
    return Buffer.concat([header, Buffer.from(name)]);
  });
  return new Uint8Array(Buffer.concat([...locals, ...directory]));
}

const tar = new Uint8Array(512).fill(1);
tar.set(text('ustar'), 257);

/** What a file is, how it looks, and what the hint has to name; the last one for files given as `weights`. */
const FILES: Record<string, readonly [Uint8Array, got: RegExp, hint: RegExp, weightsHint?: RegExp]> = {
  'net.pth': [zip('archive/data.pkl', 'archive/data/0'), /PyTorch/, /torch\.onnx\.export\(model, \(x,\), 'model\.onnx', dynamo=True\)/, /safetensors\.torch\.save_file/],
  'old.pt': [latin1('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.'), /PyTorch/, /torch\.onnx\.export/, /save_file/],
  'net.tflite': [padded('\x1c\0\0\0TFL3\x14\0 \0'), /TensorFlow Lite/, /python -m tf2onnx\.convert --tflite model\.tflite --output model\.onnx/],
  'net.gguf': [padded('GGUF\x03\0\0\0'), /gguf/, /export/],
  'model.json': [text('{"format":"layers-model","generatedBy":"keras v2","modelTopology":{}}'), /TensorFlow\.js/, /--tfjs/],
  'graph.json': [text('{\n  "format": "graph-model", "signature": {}}'), /TensorFlow\.js/, /--tfjs/],
  'net.h5': [padded('\x89HDF\r\n\x1a\n'), /HDF5/, /--keras/],
  'net.keras': [zip('metadata.json', 'config.json', 'model.weights.h5'), /Keras/, /export\('model\.onnx', format='onnx'\)/],
  'net.mlmodel': [padded('\x08\x04\x12\x30\n\x14\n\x05image\x12\x05photo'), /Core ML/, /ONNX/],
  'net.mlpackage.zip': [zip('net.mlpackage/Data/com.apple.CoreML/model.mlmodel', 'Manifest.json'), /Core ML/, /ONNX/],
  'arrays.npz': [zip('w.npy', 'b.npy'), /npz/, /weights/],
  'array.npy': [padded("\x93NUMPY\x01\0v\0{'descr': '<f4'"), /npy/, /weights/],
  'saved_model.pb': [padded('\x08\x01\x12\x83\x20\n\x60\x12\x40\n\x10'), /SavedModel/, /--saved-model/],
  'frozen.pb': [padded('\n\x1f\n\x05input\x12\x0bPlaceholder*\x0b\n\x05dtype'), /frozen graph/, /--graphdef/],
  'net.xml': [text('<?xml version="1.0"?>\n<net name="resnet" version="11">'), /OpenVINO/, /ONNX/],
  'page.onnx': [text('\n<!DOCTYPE html><html><title>App</title>'), /HTML page/, /the server answered with a page/],
  'marked.html': [text('\ufeff<html>'), /HTML page/, /address/],
  'answer.json': [text('{"error": "not found"}'), /JSON/, /address/],
  'eighth.json': [text('{"meta":{"a": 1}}'), /JSON/, /address/],
  'parts.index.json': [text('{"metadata": {"total_size": 1}, "weight_map": {}}'), /index of a safetensors/, /join/],
  'net.onnx.gz': [new Uint8Array(gzipSync('x')), /compressed/, /unpack/],
  'net.tar': [tar, /tar archive/, /unpack/],
  'net.zip': [zip('readme.txt'), /zip archive/, /unpack/],
  'pointer.safetensors': [text('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'), /Git LFS/, /git lfs pull/],
  'net.ort': [padded('\x10\0\0\0ORTM'), /ORT/, /ONNX/],
  'photo.png': [padded('\x89PNG\r\n\x1a\n'), /picture/, /classify/],
  'net.wasm': [padded('\0asm\x01\0\0\0'), /WebAssembly/, /wasm/],
  'short.txt': [text('404'), /text/, /address or path/],
  'notes.txt': [text('some notes of mine'), /text/, /address or path/],
};

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);
const load = (source: Uint8Array | string | Blob): Promise<unknown> => caught(loadInline(source, { variant: 'simd' }, { defaultWasm: () => wasm, readers: [onnxReaderLater] }));
const weights = (source: Uint8Array | string | Blob): Promise<unknown> => caught(loadInline(NET, { weights: source, variant: 'simd' }, { defaultWasm: () => wasm }));

describe.each(Object.entries(FILES))('%s', (name, [bytes, got, hint, weightsHint = hint]) => {
  it('is named, from bytes, a Blob and a path, as a model and as weights', async () => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    for (const source of [bytes, path, new File([bytes as Uint8Array<ArrayBuffer>], name)]) {
      const told = { code: 'format', got: expect.stringMatching(got), message: expect.stringMatching(hint) };
      expect(await load(source)).toMatchObject({ ...told, hint: expect.stringMatching(hint) });
      expect(await weights(source)).toMatchObject({ code: 'format', got: expect.stringMatching(got), hint: expect.stringMatching(weightsHint) });
    }
    expect(await load(bytes)).toMatchObject({ got: expect.stringContaining(`${bytes.byteLength} bytes`) });
  });
});

describe('files that are read here', () => {
  it('are taken for no other, however their lengths begin', () => {
    for (let length = 100; length < 1200; length += 1) {
      const file = writeSafetensors([store('w', tensor([1], [1]))], { note: 'x'.repeat(length) });
      for (const use of ['model', 'weights'] as const) expect(foreignFormat(inMemory(file), use)).toBeUndefined();
    }
    for (const start of ['\x08\x07\x12\x07pytorch', '\x08\x0a:\x03', '\x08\x08\x12\0:', '\x08\x03\x12\x0acaffe2onnx', '\x08\x09B\x04\n\0\x10\x11']) {
      expect(foreignFormat(inMemory(padded(start)), 'model')).toBeUndefined();
    }
  });

  it('are named where the other one is needed', async () => {
    const onnx = padded('\x08\x07\x12\x07pytorch');
    expect(await weights(onnx)).toMatchObject({ code: 'format', got: expect.stringContaining('an ONNX model'), hint: expect.stringContaining('source') });
  });

  it('are told when they are cut off', async () => {
    const file = writeSafetensors([store('w', tensor([1], [1]))]);
    expect(await load(file.subarray(0, 20))).toMatchObject({ code: 'format', message: expect.stringMatching(/cut off/) });
  });
});

describe('folders', () => {
  it.each([
    ['SavedModel', ['saved_model.pb'], /--saved-model/],
    ['net.mlpackage', ['Manifest.json', 'Data'], /ONNX/],
  ])('%s is named', async (name, files, hint) => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const file of files) writeFileSync(join(path, file), 'x');
    expect(await load(path)).toMatchObject({ code: 'weights', got: expect.stringMatching(/a folder, a/), hint: expect.stringMatching(hint) });
  });
});
