/** Nothing that stands in a file comes back in an error: whoever can name a file must not be able to read it so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'receptive';
import * as inline from 'receptive/inline';
import { afterAll, describe, expect, it } from 'vitest';
import type { ErrorFields } from '../../ts/base/errors.js';

const SECRET = 'Zq7#Kp9!Wm3Xv5$Gt8&Bn2';
const folder = mkdtempSync(join(tmpdir(), 'receptive-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (s: string): Buffer => Buffer.from(s);
/** A safetensors file with this text as its header. */
function header(s: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(s.length));
  return Buffer.concat([length, text(s)]);
}
const described = (value: string): Buffer => header(JSON.stringify({ __metadata__: { receptive: value } }));

const FILES: Record<string, Buffer> = {
  'text.conf': text(`${SECRET}:x:0:0\n`),
  'text.onnx': text(`${SECRET}:x:0:0\n`),
  'short.key': text(SECRET.slice(0, 7)),
  'bad.json': text(`{ "password": ${SECRET} }`),
  'good.json': text(`{ "password": "${SECRET}" }`),
  'page.html': text(`<!doctype html><p>${SECRET}`),
  'drawing.svg': text(`<svg xmlns="http://www.w3.org/2000/svg"><text>${SECRET}</text>`),
  'binary.key': Buffer.concat([Buffer.from([0, 1, 2]), text(SECRET)]),
  'header.safetensors': header(`{"a": ${SECRET}`),
  'byte.safetensors': header(`{${SECRET}`),
  'type.safetensors': header(JSON.stringify({ w: { dtype: SECRET, shape: [SECRET], data_offsets: [0, 4] } })),
  'shape.safetensors': header(JSON.stringify({ w: { dtype: 'F32', shape: [SECRET], data_offsets: [SECRET] } })),
  'model.safetensors': described(SECRET),
  'version.safetensors': described(JSON.stringify({ version: SECRET })),
  'field.onnx': Buffer.concat([Buffer.from([8, 8, 0x3a, 0x7f]), text(SECRET)]),
  'module.wasm': Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d]), text(SECRET)]),
  'section.wasm': Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), text(SECRET)]),
  'photo.png': Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), text(SECRET)]),
};

/** All that a caller, or a log, sees of an error. */
function told(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    const { place, expected, got, hint } = at as Error & ErrorFields;
    parts.push(at.message, at.stack ?? '', ...[place, expected, got, hint].map(String));
  }
  return parts.join('\n');
}

/** No part of the secret, nor its bytes as hexadecimal or as a number. */
function expectNothingOf(bytes: Buffer, name: string, seen: string): void {
  for (let at = 0; at + 4 <= SECRET.length; at += 1) expect(seen, name).not.toContain(SECRET.slice(at, at + 4));
  for (let at = 0; at + 3 <= bytes.length; at += 1) {
    const hex = [...bytes.subarray(at, at + 3)].map((byte) => byte.toString(16).padStart(2, '0'));
    if (bytes.subarray(at, at + 3).some((byte) => byte > 0x20)) expect(seen.toLowerCase(), name).not.toContain(hex.join(' '));
  }
  if (bytes.length >= 8 && bytes[7] !== 0) expect(seen, name).not.toContain(String(bytes.readBigUInt64LE()));
}

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);
const NET = library.sequential([library.linear(1, 1)], { input: [1, 1] });
const PHOTOS = library.sequential([library.conv2d(3, 2, 1), library.globalAvgPool2d(), library.flatten()], { input: [1, 3, 8, 8] });
const WEIGHTS = { '0.weight': library.tensor(new Float32Array(6), [2, 3, 1, 1]), '0.bias': library.tensor([0, 0], [2]) };

describe.each(Object.entries(FILES))('%s', (name, bytes) => {
  const path = join(folder, name);

  it('is told nothing of by load, as a model, as weights and as WebAssembly', async () => {
    writeFileSync(path, bytes);
    for (const { load } of [library, inline]) {
      for (const given of [path, new Uint8Array(bytes), `data:application/octet-stream;base64,${bytes.toString('base64')}`]) {
        const errors = [caught(load(given)), caught(load(NET, { weights: given })), caught(load(NET, { wasm: given }))];
        for (const error of await Promise.all(errors)) {
          expect(error).toBeInstanceOf(Error);
          expect(error).toHaveProperty('code');
          expectNothingOf(bytes, name, told(error));
        }
      }
    }
  });

  it('is told nothing of by classify', async () => {
    writeFileSync(path, bytes);
    await using model = await library.load(PHOTOS, { weights: WEIGHTS, threads: 1 });
    using here = await inline.load(PHOTOS, { weights: WEIGHTS });
    for (const given of [path, new Uint8Array(bytes)]) {
      for (const error of [await caught(model.classify(given)), await caught(here.classify(given))]) {
        expect(error).toMatchObject({ code: 'image' });
        expectNothingOf(bytes, name, told(error));
      }
    }
  });
});
