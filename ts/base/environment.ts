import { WasmError } from './errors.js';

/** @throws WasmError where something is missing that every browser and Node have had for years: simulated pages, lockdown modes */
export function expectEnvironment(): void {
  const missing = ['WebAssembly', 'TextDecoder'].find((name) => Reflect.get(globalThis, name) === undefined);
  if (missing === undefined) return;
  const hint = missing === 'WebAssembly' ? 'the browser may have switched it off' : 'take it from node:util in simulated environments such as jsdom';
  throw new WasmError(`this environment has no ${missing}; ${hint}`, { place: missing, expected: missing, got: 'undefined', hint });
}
