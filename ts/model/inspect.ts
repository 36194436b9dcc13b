import { FormatError } from '../base/errors.js';
import { scriptBeside } from '../base/beside.js';
import { checkOptions, optionNames } from '../base/options.js';
import { wrong } from '../base/wrong.js';
import { checkFetchOptions } from '../bytes/options.js';
import { isOnnx } from '../formats/kind.js';
import type { Gap } from '../onnx/plan/gaps.js';
import type { BytesInput, LoadOptions } from './load-options.js';
import { buildRequest } from './load-request.js';
import { openFile } from './open-file.js';

/** An input or output as an ONNX file declares it. */
export interface InspectedPort {
  /** As the model calls it. */
  readonly name: string;
  /** Type of its elements, where the file says it. */
  readonly dtype: string | undefined;
  /** Dimensions, of open ones the name; undefined where the file does not say it. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** What an ONNX file is made of, and what of it cannot run here. */
export interface Inspection {
  /** What wrote the file, as it says. */
  readonly producer: string;
  /** Versions of the operator sets by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  /** What is given when it runs. */
  readonly inputs: readonly InspectedPort[];
  /** What is answered. */
  readonly outputs: readonly InspectedPort[];
  /** Numbers in all weights. */
  readonly params: number;
  /** Nodes by operator, the most frequent first. */
  readonly ops: Readonly<Record<string, number>>;
  /** Every node that nothing here computes; where there is none, the operators are all there. */
  readonly gaps: readonly Gap[];
  /** Files beside the model in which it keeps weights. */
  readonly externalData: readonly string[];
}

/** How the file is fetched, as for `load`. */
export type InspectOptions = Pick<LoadOptions, 'cache' | 'integrity' | 'retries' | 'signal' | 'onProgress' | 'locations'>;

const OPTIONS = optionNames<InspectOptions>({ cache: true, integrity: true, retries: true, signal: true, onProgress: true, locations: 'boolean' });

/**
 * Says what an ONNX file is made of and what of it cannot run here, without an engine and without its weights.
 * @throws FormatError for what is no ONNX model; UnsupportedError for types that are not computed in; what `load` throws for a source
 * that cannot be read
 */
export async function inspect(source: BytesInput, options: InspectOptions = {}): Promise<Inspection> {
  checkOptions('inspect', options, OPTIONS);
  const { model, fetching } = await buildRequest(source, options, (bytes) => bytes);
  if (model.kind === 'graph') wrong('source', 'an ONNX model', 'a graph', { hint: 'graphSummary(graph) describes it' });
  const { onProgress, signal } = options;
  const file = await openFile(model, {}, { onProgress, signal, fetching: checkFetchOptions(fetching ?? {}) });
  if (!isOnnx(file.source, file.place)) {
    wrong(file.place, 'an ONNX model', 'another file', { as: FormatError, hint: 'load() opens safetensors files, and summary() describes the model' });
  }
  return (await scriptBeside('inline-onnx.js', file.place, () => import('./inspect-onnx.js'))).inspectOnnx(file);
}
