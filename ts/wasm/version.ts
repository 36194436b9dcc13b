import { WasmError } from '../base/errors.js';
import { failure, wrong } from '../base/wrong.js';
import { VERSION } from '../base/version.js';

/** Where the engine says which version it is; see crates/wasm. */
const SECTION = 'receptive-version';

/**
 * To be asked before a module is started: one of another version may not start, or do something else.
 * @throws WasmError saying which two versions met
 */
export function expectWasmVersion(module: WebAssembly.Module): void {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const version = section && new TextDecoder().decode(section);
  if (version === VERSION) return;
  const got = version === undefined ? 'a module without a version' : `version ${version}`;
  const hint = 'use the .wasm files of this very version of the package, and empty the caches between';
  wrong('wasm', `version ${VERSION}, that of the script`, got, { as: WasmError, hint });
}

/** The error of a module that could not be started. */
export function notStarted(cause: unknown): WasmError {
  const got = cause instanceof Error ? cause.message : String(cause);
  const hint = 'use the .wasm files of this very version of the package';
  return failure('wasm', 'the module could not be started', got, { as: WasmError, hint, cause });
}
