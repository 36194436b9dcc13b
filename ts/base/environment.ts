import { WasmError } from './errors.js';
import { wrong } from './wrong.js';

/** @throws WasmError where something is missing that every browser and Node have had for years: simulated pages, lockdown modes */
export function expectEnvironment(): void {
  const missing = ['WebAssembly', 'TextDecoder'].find((name) => Reflect.get(globalThis, name) === undefined);
  if (missing === undefined) return;
  const hint = missing === 'WebAssembly' ? 'the browser may have switched it off' : 'take it from node:util in simulated environments such as jsdom';
  wrong('environment', missing, 'undefined', { as: WasmError, hint });
}
