/** When modules are wide, and what says why they are not. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { pairsVectors } from '../../ts/wasm/pairing.js';
import { chooseWidth } from '../../ts/wasm/wide-choice.js';
import type { Process } from '../../ts/wasm/wide-choice.js';
import { HERE, WIDE } from '../../ts/wasm/wide.node.js';
import type { WideRequest, Width } from '../../ts/wasm/wide.js';
import { openEngine } from '../../ts/wasm/wasm.js';

const able = (wanted = false, obstacle?: string): Process => ({ wanted: () => wanted, obstacle: vi.fn(() => obstacle) });

describe('a module is wide', () => {
  test.each<[string, WideRequest, Process]>([
    ['where it is asked for', { wide: true }, able()],
    ['where the environment asks for it', {}, able(true)],
    ['as the relaxed variant', { wide: true, variant: 'relaxed' }, able()],
    ['where the caller gave one', { wide: true, given: ['simd', 'wide-threads'] }, able()],
  ])('%s', (_, request, support) => {
    expect(chooseWidth(request, support, false)).toEqual({ wide: true, wideReason: undefined });
    expect(support.obstacle).toHaveBeenCalledTimes(1);
  });

  test('without another proof where another worker has one', () => {
    const support = able();
    expect(chooseWidth({ wide: true }, support, true).wide).toBe(true);
    expect(support.obstacle).not.toHaveBeenCalled();
  });
});

describe('a module is not wide', () => {
  test.each<[string, WideRequest, Process, string | undefined]>([
    ['where nobody asks', {}, able(), undefined],
    ['where the option says no', { wide: false }, able(true), undefined],
    ['as another variant', { wide: true, variant: 'simd' }, able(), 'the simd variant was asked for'],
    ['where the given modules are not', { wide: true, given: ['relaxed'] }, able(), 'the option wasm has no wide module'],
    ['where the engine does not do it', { wide: true }, able(false, 'it does not'), 'it does not'],
  ])('%s', (_, request, support, wideReason) => {
    expect(chooseWidth(request, support, false)).toEqual({ wide: false, wideReason });
    if (wideReason !== 'it does not') expect(support.obstacle).not.toHaveBeenCalled();
  });
});

test('an engine that is too old is not told anything', () => {
  const node = vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, node: '22.12.0' });
  expect(HERE.obstacle()).toBe('Node 22.12.0 cannot pair vectors, 24 and later can');
  node.mockReturnValue({ ...process.versions, node: '24.0.0', electron: '40.0.0' });
  expect(HERE.obstacle()).toBe('Electron cannot be told to pair vectors');
  node.mockRestore();
});

test('a platform without such an engine says so, where it is asked', async () => {
  const simd = await readFile(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url));
  const opened = (wide?: boolean): Promise<Partial<Width>> => openEngine({ wide }, { defaultWasm: () => new Uint8Array(simd), only: { simd: new Uint8Array(simd) } });
  expect(await opened(true)).toMatchObject({ wide: false, wideReason: 'only Node can be told to pair vectors' });
  expect(await opened()).toMatchObject({ wide: false, wideReason: undefined });
});

test('an engine without relaxed instructions pairs nothing', () => {
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  expect(pairsVectors()).toBe(false);
  validate.mockRestore();
});

test('wide modules lie beside the others', () => {
  expect(WIDE?.file('wide')).toMatch(/wasm\/wide\.wasm$/);
  expect(WIDE?.file('wide-threads')).toMatch(/wasm\/wide-threads\.wasm$/);
});
