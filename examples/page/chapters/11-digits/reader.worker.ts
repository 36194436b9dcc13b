/** Prepares drawings as MNIST's digits were, and reads them with LeNet. */
import { expose, transfer } from 'comlink';
import { load } from 'receptive/inline';
import type { InlineModel } from 'receptive/inline';
import { digit } from 'receptive/train/inline';
import { sheetOf } from './layers.js';
import type { Layered, Opened, Read } from './reader.js';

/** Side of what the network sees. */
const PIXELS = 28;

let model: InlineModel | undefined;
/** The same with every layer as an output. */
let withLayers: InlineModel | undefined;
let layers: readonly { readonly name: string; readonly type: string }[] = [];

/** Classes of errors do not pass: what a learner is told follows from the code. */
function told(error: unknown): { readonly error: { readonly code: string; readonly message: string } } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
}

async function open(url: string): Promise<Opened> {
  try {
    model ??= await load(url);
    const outputs = model.summary([1, 1, PIXELS, PIXELS]).layers.filter(({ type }) => type !== 'Flatten');
    layers = outputs.map(({ name, type }) => ({ name, type }));
    withLayers ??= await load(url, { outputs: layers.map(({ name }) => name) });
    return {};
  } catch (error) {
    return told(error);
  }
}

async function read({ data, width, height }: ImageData): Promise<Read> {
  try {
    const seen = Uint8Array.from(digit({ data, width, height, channels: 4 }).data, (ink) => Math.round(255 * ink));
    const { top } = await model!.classify({ data: seen, width: PIXELS, height: PIXELS, channels: 1 }, { topK: 10 });
    const chances = Array.from({ length: 10 }, (_, value) => top.find(({ index }) => index === value)?.probability ?? 0);
    return { reading: { seen, side: PIXELS, chances, best: top[0]!.index } };
  } catch (error) {
    return told(error);
  }
}

/** Of a drawing: the answer of every layer. */
function look({ data, width, height }: ImageData): Layered {
  try {
    const how = withLayers!.preprocess;
    const normalize = typeof how === 'object' ? { mean: how.mean?.[0], std: how.std?.[0] } : {};
    const answers = withLayers!.run(digit({ data, width, height, channels: 4 }, { normalize }));
    const sheets = layers.map(({ name, type }) => sheetOf(name, type, answers[name]!));
    return transfer({ sheets }, sheets.map(({ data: rows }) => rows.buffer));
  } catch (error) {
    return told(error);
  }
}

export interface ReaderWork {
  open(url: string): Promise<Opened>;
  read(image: ImageData): Promise<Read>;
  look(image: ImageData): Layered;
}

expose({ open, read, look } satisfies ReaderWork);
