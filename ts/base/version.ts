/** The version of this package: script, worker script and WebAssembly must be of the same. */
export const VERSION = '0.1.0';
