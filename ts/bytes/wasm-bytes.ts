import { WasmError } from '../base/errors.js';
import { failure, wrong } from '../base/wrong.js';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * Compiles a module.
 * @param place - where the bytes came from, for messages
 * @throws WasmError saying what the bytes are instead, or why they do not compile here
 */
export async function compileBytes(bytes: Uint8Array, place: string): Promise<WebAssembly.Module> {
  const expected = 'WebAssembly';
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const got = describe(bytes);
    const hint = 'serve the .wasm files of this package beside its scripts, or name them in the option wasm';
    wrong(place, expected, got, { as: WasmError, hint });
  }
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw notCompiled(cause, place);
  }
}

/** How browsers say that a policy forbids compiling. */
const FORBIDDEN = /unsafe-eval|content.security.policy|\bCSP\b/i;
const CSP_HINT = "add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy of the page and of worker.js";

/** The error for WebAssembly that does not compile. The engine's own message may quote bytes of the file: those are left out. */
export function notCompiled(thrown: unknown, place: string): WasmError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const got = message.replace(/,? (found|got)( [\da-f]{2})+|#?0x[\da-f]+/gi, '');
  const cause = got === message ? thrown : undefined;
  const hint = FORBIDDEN.test(message) ? CSP_HINT : undefined;
  return failure(place, 'WebAssembly that cannot be compiled here', got, { as: WasmError, hint, cause });
}

/** Servers answer a wrong path with a page, often under status 200: the first visible character tells. */
function describe(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'nothing (0 bytes)';
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return start.startsWith('<') ? 'an HTML page' : `${bytes.byteLength} bytes of something else`;
}
