/**
 * Classes of the platform as types: where the consumer's `lib` and `types` do not declare one, it is `never`, so that nothing of
 * the declarations becomes `any`, and they compile without the DOM.
 */
type Global<Name extends string> = typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : never;

export type PlatformURL = Global<'URL'>;
export type PlatformBlob = Global<'Blob'>;
export type PlatformResponse = Global<'Response'>;
export type PlatformRequest = Global<'Request'>;
export type PlatformAbortSignal = Global<'AbortSignal'>;
/** A worker, of a browser or of node:worker_threads. */
export interface PlatformWorker {
  postMessage(message: unknown, transfer?: never): void;
  terminate(): unknown;
}
/** A compiled WebAssembly module. */
export type PlatformModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Instance } } } ? Instance : never;
/** What shows pixels that change, in browsers. */
export type PlatformMovingImage = Global<'HTMLVideoElement'> | Global<'HTMLCanvasElement'> | Global<'OffscreenCanvas'> | Global<'MediaStreamTrack'>;
/** What shows or holds pixels in browsers. */
export type PlatformImage =
  | Global<'ImageData'>
  | Global<'ImageBitmap'>
  | Global<'VideoFrame'>
  | Global<'OffscreenCanvas'>
  | Global<'HTMLImageElement'>
  | Global<'HTMLCanvasElement'>
  | Global<'HTMLVideoElement'>;
