import { WasmError } from '../errors.js';

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
    throw new WasmError(`${place}: expected WebAssembly, got ${got}; ${hint}`, { place, expected, got, hint });
  }
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new WasmError(`${place}: WebAssembly that cannot be compiled here (${got})`, { place, expected, got, cause });
  }
}

/** Servers answer a wrong path with a page, often under status 200: the first visible character tells. */
function describe(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'nothing (0 bytes)';
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return start.startsWith('<') ? 'an HTML page' : `${bytes.byteLength} bytes of something else`;
}
