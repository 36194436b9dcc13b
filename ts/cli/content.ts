import { dirname, join } from 'node:path';
import { describeModel } from '../model/model-file.js';
import { readSafetensors } from '../formats/safetensors.js';
import { inMemory } from '../formats/stored.js';
import type { ByteSource } from '../formats/stored.js';
import { models } from '../entries/index.js';
import type { Graph, ModelContent, Shape } from '../entries/index.js';
import { convert } from '../onnx/convert.js';
import { readOnnxWith } from '../onnx/read/read.js';
import type { OnnxPort } from '../onnx/form/types.js';
import { readBytes } from './files.js';
import { isLocation, isName } from './models.js';
import { wrong } from '../base/wrong.js';

/** A model as `saveModel` takes it. */
export interface Content {
  readonly content: ModelContent & { readonly graph: Graph };
  /** Shapes of its inputs. */
  readonly inputs: readonly Shape[];
}

export interface ContentOptions {
  readonly inputShape?: readonly number[] | undefined;
  /** A safetensors file. */
  readonly weights?: string | undefined;
}

/**
 * Graph and weights of an ONNX file, of a file that describes itself, or of a net by name whose weights are in another file.
 * @throws ArgumentError where the weights of a net are missing, or a file that has its own is given others; what reading the files
 *   throws
 */
export async function contentOf(source: string, { inputShape, weights }: ContentOptions): Promise<Content> {
  if (!isLocation(source) && isName(source)) return ofNet(source, weights);
  if (weights !== undefined) refuse('--weights', 'a net by name', source, 'a model file brings its own');
  const bytes = readBytes('source', source);
  // A safetensors file's header, JSON, comes after the eight bytes of its length.
  if (bytes[8] !== 0x7b) return ofOnnx(source, bytes, inputShape);
  const file = readSafetensors(bytes, source);
  const { graph, ...described } = describeModel(file, source);
  return content({ ...described, graph, weights: [...file.tensors.values()] });
}

function ofNet(name: keyof typeof models, weights: string | undefined): Content {
  if (weights === undefined) return refuse('--weights', `a safetensors file with the weights of ${name}`, 'none', 'torchvision has them by the same names');
  return content({ name, graph: models[name](), weights: readBytes('--weights', weights) });
}

function content(given: Content['content']): Content {
  const { inputs, values } = given.graph;
  return { content: given, inputs: inputs.map(({ value }) => values[value]?.shape ?? []) };
}

async function ofOnnx(file: string, bytes: Uint8Array, inputShape: readonly number[] | undefined): Promise<Content> {
  const beside = (location: string): Promise<ByteSource> => Promise.resolve(inMemory(readBytes(file, join(dirname(file), location))));
  const model = await readOnnxWith(bytes, file, beside);
  const inputs = model.graph.inputs.map((port) => shapeOf(port, inputShape));
  return { content: { ...convert(model, inputs), name: model.graph.name || undefined }, inputs };
}

function shapeOf({ name, shape: dims }: OnnxPort, given: readonly number[] | undefined): readonly number[] {
  if (given) return given;
  const implied = dims?.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : undefined));
  if (implied?.every((dim) => dim !== undefined)) return implied;
  const got = dims ? `[${dims.join(', ')}]` : 'unknown';
  wrong('--input-shape', `the shape of ${name}, which the file leaves open`, got);
}

function refuse(place: string, expected: string, got: string, hint: string): never {
  wrong(place, expected, got, { hint });
}
