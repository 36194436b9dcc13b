import { wrong } from '../base/wrong.js';
import { WasmError } from '../base/errors.js';
import { compileAt, resolveLocation } from '../bytes/locate.platform.js';
import { supports } from '../wasm/variant.js';
import { compileBytes } from '../bytes/wasm-bytes.js';
import { expectWasmVersion } from '../wasm/version.js';
import type { PlatformAbortSignal, PlatformModule, PlatformURL } from '../base/globals.js';
import { optionNames, checkOptions } from '../base/options.js';
import { typeName } from '../base/show.js';
import { Lessons } from './lessons.js';

/** What `openLessons` takes. */
export interface LessonsOptions {
  /** lessons.wasm of this package: a path, URL, bytes or compiled. Default: the file beside the scripts. */
  readonly wasm?: string | PlatformURL | Uint8Array | PlatformModule | undefined;
  /** Gives up waiting for the file. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/**
 * Compiles and starts the lessons' module, which is apart from the product's and 16 kB compressed.
 * @throws WasmError if the module cannot be had, is of another version, or needs SIMD where there is none; ArgumentError for an option; AbortedError
 */
export async function openLessons(options: LessonsOptions = {}): Promise<Lessons> {
  checkOptions('openLessons', options, OPTIONS);
  if (!supports('simd')) {
    const expected = 'an engine with WebAssembly SIMD';
    wrong('lessons', expected, 'one without', { as: WasmError });
  }
  const module = await compile(options);
  expectWasmVersion(module);
  return new Lessons(module);
}

const OPTIONS = optionNames<LessonsOptions>({ wasm: true, signal: true });

function compile({ wasm, signal }: LessonsOptions): WebAssembly.Module | Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (wasm instanceof Uint8Array) return compileBytes(wasm, 'wasm');
  if (wasm !== undefined && typeof wasm !== 'string' && !(wasm instanceof URL)) {
    const expected = 'a path, URL, bytes or a WebAssembly.Module';
    wrong('wasm', expected, typeName(wasm));
  }
  // A literal, since that is what bundlers recognise as an asset to carry along.
  const location = wasm ?? new URL('../wasm/lessons.wasm', import.meta.url);
  return compileAt(resolveLocation(location), { expected: 'WebAssembly', Failure: WasmError, signal });
}
