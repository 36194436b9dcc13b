/** What browsers say of a policy that forbids WebAssembly, and what is said of it here. */
import { expect, it } from 'vitest';
import { notCompiled } from '../../ts/bytes/wasm-bytes.js';

const HINT = "add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy of the page and of worker.js";

it.each([
  "WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
  'call to WebAssembly.compileStreaming() blocked by CSP',
  "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
])('%s', (message) => {
  expect(notCompiled(new Error(message), 'simd.wasm')).toMatchObject({ code: 'wasm', place: 'simd.wasm', hint: HINT, message: expect.stringMatching(/; add 'wasm-unsafe-eval'/) });
});

it('another reason has no such hint', () => {
  expect(notCompiled(new Error('invalid opcode'), 'simd.wasm')).toMatchObject({ hint: undefined, message: 'simd.wasm: WebAssembly that cannot be compiled here (invalid opcode)' });
});
