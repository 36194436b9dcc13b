import { FormatError, WeightsError } from '../base/errors.js';
import type { PlatformAbortSignal } from '../base/globals.js';
import { wrong } from '../base/wrong.js';
import { digestBeside, expectIntegrity } from '../bytes/integrity.js';
import { openLocation } from '../bytes/locate.platform.js';
import { openFetched } from '../bytes/open.js';
import type { FetchOptions } from '../bytes/options.js';
import { placeOf } from '../bytes/response.js';
import type { Progress, Reading } from '../bytes/response.js';
import { isSafetensors } from '../formats/kind.js';
import { inMemory } from '../formats/stored.js';
import type { ByteSource } from '../formats/stored.js';
import { nameHint } from './name-hint.js';
import type { ModelFile } from './reader.js';
import type { LoadRequest, SentBytes } from './request.js';

/** Files that were fetched, by their URLs: those that need not be fetched again, and a place for those that are. */
export interface FetchedFiles {
  readonly known: Readonly<Record<string, Uint8Array>>;
  readonly onFetched?: ((url: string, source: ByteSource) => void) | undefined;
}

/** What applies to one file: of others than the model's own no digest was given. */
export interface OpenFile {
  readonly onProgress?: Progress | undefined;
  readonly signal?: PlatformAbortSignal | undefined;
  readonly files?: FetchedFiles | undefined;
  readonly fetching?: FetchOptions | undefined;
}

/**
 * Opens a model's file, and is ready to open those beside it.
 * @throws FormatError for an empty one and one of another tool; what reading throws
 */
export async function openFile(model: SentBytes, { externalData = {}, outputs }: Pick<LoadRequest, 'externalData' | 'outputs'>, options: OpenFile): Promise<ModelFile> {
  const expected = 'a model (ONNX or safetensors)';
  const hint = model.kind === 'location' ? nameHint(model.location) : undefined;
  const { source, place } = await openNonEmpty(model, expected, options, hint);
  await refuseForeign(source, 'model', { place, expected, hint });
  const beside = async (location: string): Promise<ByteSource> => {
    const integrity = digestBeside(location, options.fetching?.externalIntegrity);
    const how: OpenFile = { ...options, fetching: { ...options.fetching, integrity } };
    const given = Object.hasOwn(externalData, location) ? externalData[location] : undefined;
    return given ? openGiven(given, location, how) : openBeside(model, location, how);
  };
  return { source, place, outputs, beside };
}

/**
 * @param where - `hint` is for a page that a server answers with where no file is
 * @throws FormatError for a file of another tool, with the line that makes of it what is read here
 */
export async function refuseForeign(source: ByteSource, use: 'model' | 'weights', where: { place: string; expected: string; hint?: string | undefined }): Promise<void> {
  if (isSafetensors(source)) return;
  // Inline the table lies with the ONNX reader: where that is not served, what follows says less of what is wrong.
  const table = await import('../formats/foreign.js').catch(() => undefined);
  const foreign = table?.foreignFormat(source, use);
  if (!foreign) return;
  wrong(where.place, where.expected, foreign.got, { as: FormatError, hint: (foreign.absent ? where.hint : undefined) ?? foreign.hint });
}

/** A file with weights beside the model. @throws FormatError for one that is elsewhere, WeightsError if it is missing */
async function openBeside(model: SentBytes, location: string, options: OpenFile): Promise<ByteSource> {
  const expected = `${location}, the weights beside the model`;
  if (/^([a-z]+:|[\\/])|(^|[\\/])\.\.([\\/]|$)/i.test(location)) {
    wrong(location, 'weights beside the model', 'a file elsewhere', { as: FormatError });
  }
  if (model.kind !== 'location') {
    const hint = 'give it by the option externalData, or the model as a path or URL';
    wrong(location, 'this file, in which the model keeps weights', 'none', { as: WeightsError, hint });
  }
  const beside = placeBeside(model.location, location);
  const { onProgress, signal } = options;
  return openAt(beside, { expected, Failure: WeightsError, onProgress, signal }, options);
}

/** In a URL the name is encoded: what it says is a name then, never a way out of the folder as `%2e%2e` would be. */
function placeBeside(model: string, location: string): string {
  if (!/^(https?|file):/i.test(model)) return model.replace(/[^\\/]*$/, '') + location;
  return new URL('.', model).href + location.split(/[\\/]/).map(encodeURIComponent).join('/');
}

async function openGiven(sent: SentBytes, location: string, options: OpenFile): Promise<ByteSource> {
  return (await openNonEmpty(sent, `${location}, weights of the model`, options)).source;
}

/** @param hint - what to do where no file is. @throws FormatError for one of no bytes */
export async function openNonEmpty(
  sent: SentBytes,
  expected: string,
  options: OpenFile,
  hint?: string,
): Promise<{ source: ByteSource; place: string }> {
  const { onProgress, signal } = options;
  const { source, place } = await openBytes(sent, { expected, Failure: WeightsError, hint, onProgress, signal }, options);
  if (source.byteLength > 0) return { source, place };
  wrong(place, expected, 'nothing (0 bytes)', { as: FormatError });
}

async function openBytes(sent: SentBytes, reading: Reading, options: OpenFile): Promise<{ source: ByteSource; place: string }> {
  if (sent.kind === 'location') return { source: await openAt(sent.location, reading, options), place: placeOf(sent.location) };
  const { bytes, place } = sent.kind === 'bytes' ? sent : await bytesOf(sent.blob);
  reading.onProgress?.(bytes.byteLength, bytes.byteLength);
  const source = inMemory(bytes);
  await expectIntegrity(source, place, options.fetching?.integrity);
  return { source, place };
}

async function bytesOf(blob: Blob): Promise<{ bytes: Uint8Array; place: string }> {
  const place = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'blob';
  return { bytes: new Uint8Array(await blob.arrayBuffer()), place };
}

async function openAt(location: string, reading: Reading, { fetching = {}, files }: OpenFile): Promise<ByteSource> {
  if (!/^https?:/i.test(location)) {
    const source = await openLocation(location, reading);
    await expectIntegrity(source, placeOf(location), fetching.integrity);
    return source;
  }
  const known = files && Object.hasOwn(files.known, location) ? files.known[location] : undefined;
  if (known) return inMemory(known);
  const source = await openFetched(location, reading, fetching);
  files?.onFetched?.(location, source);
  return source;
}
