/** Looks inside a network, beside the page's thread: decodes photos, runs the network, and draws its maps as rows of grey pixels. */
import { expose, transfer } from 'comlink';
import { decodeImage, load, preprocess } from 'receptive/inline';
import type { Classification, ImageContent, InlineModel, PreprocessOptions, SummaryLayer, Tensor } from 'receptive/inline';

/** A picture of maps, side by side: RGBA, as a canvas takes it without another loop over the pixels. */
export interface Sheet {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface LayerMaps {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly field: readonly [number, number] | undefined;
  readonly jump: readonly [number, number] | undefined;
  /** The first maps of it. */
  readonly sheet: Sheet;
}

export interface LayerTime {
  readonly name: string;
  readonly type: string;
  readonly ms: number;
  readonly share: number;
}

export interface Opened {
  readonly name: string | undefined;
  readonly layers: number;
  readonly params: number;
  readonly macs: number;
  readonly variant: string;
}

type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string } };

/** Classes do not pass: what a learner is told follows from the code. */
async function answer<T>(work: () => T | Promise<T>): Promise<Done<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

/** The network, and the same with every map as an output. */
let net: InlineModel | undefined;
let withMaps: InlineModel | undefined;
let maps: readonly SummaryLayer[] = [];
let source: string | Blob = '';
let seen: Readonly<Record<string, Tensor>> = {};

/** [height, width] that the network takes, 224 where it leaves them open. */
function sizeOf(model: InlineModel): readonly [number, number] {
  const [, , height, width] = model.inputs[0]?.shape ?? [];
  return [height ?? 224, width ?? 224];
}

const shapeOf = (model: InlineModel): readonly number[] => [1, model.inputs[0]?.shape[1] ?? 3, ...sizeOf(model)];

function close(): void {
  net?.dispose();
  withMaps?.dispose();
  [net, withMaps, maps, seen] = [undefined, undefined, [], {}];
}

async function open(from: string | Blob, onProgress: (bytes: number, total: number | undefined) => void): Promise<Opened> {
  const next = await load(from, { onProgress });
  close();
  [net, source] = [next, from];
  const { layers, params, macs } = next.summary(shapeOf(next));
  maps = layers.filter(({ outputShape, type }) => outputShape.length === 4 && !/Dropout|Identity/.test(type));
  return { name: next.name, layers: layers.length, params, macs, variant: next.variant };
}

function opened(): InlineModel {
  if (!net) throw new Error('no network is open');
  return net;
}

const classify = (photo: ImageContent): Promise<Classification> => opened().classifyBytes(photo);

async function inputOf(model: InlineModel, photo: ImageContent): Promise<Tensor> {
  const how: PreprocessOptions = model.preprocess ?? 'imagenet';
  return preprocess(await decodeImage(photo), how, sizeOf(model));
}

const CELL = 32;
const FIRST = 12;

/** Least value of a map, and what brings its values to 0 to 255. */
function scaleOf(data: ArrayLike<number>, from: number, to: number): readonly [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let at = from; at < to; at++) [least, greatest] = [Math.min(least, data[at]!), Math.max(greatest, data[at]!)];
  return [least, greatest > least ? 255 / (greatest - least) : 0];
}

/** Maps on one sheet, each brought to a cell, and by its own scale: black its least value, white its greatest. */
function sheetOf({ data, shape }: Tensor, most: number, cell: number, columns: number): Sheet {
  const [, channels = 0, height = 0, width = 0] = shape;
  const count = Math.min(channels, most);
  const across = Math.min(columns, count);
  const [sheetWidth, sheetHeight] = [across * (cell + 2), Math.ceil(count / Math.max(1, across)) * (cell + 2)];
  const out = new Uint8ClampedArray(4 * sheetWidth * sheetHeight);
  for (let c = 0; c < count; c++) {
    const [least, scale] = scaleOf(data, c * height * width, (c + 1) * height * width);
    const at = Math.floor(c / across) * (cell + 2) * sheetWidth + (c % across) * (cell + 2);
    for (let y = 0; y < cell; y++) {
      const row = (c * height + Math.floor((y * height) / cell)) * width;
      for (let x = 0; x < cell; x++) {
        const grey = (data[row + Math.floor((x * width) / cell)]! - least) * scale;
        out.set([grey, grey, grey, 255], 4 * (at + y * sheetWidth + x));
      }
    }
  }
  return { data: out, width: sheetWidth, height: sheetHeight };
}

async function look(photo: ImageContent): Promise<readonly LayerMaps[]> {
  const model = opened();
  withMaps ??= await load(source, { outputs: maps.map(({ name }) => name) });
  seen = withMaps.run(await inputOf(model, photo));
  return maps.flatMap(({ name, type, outputShape, receptiveField, jump }) => {
    const tensor = seen[name];
    return tensor ? [{ name, type, shape: outputShape, field: receptiveField, jump, sheet: sheetOf(tensor, FIRST, CELL, FIRST) }] : [];
  });
}

/** All maps of a layer, of the photo looked at last. */
function all(name: string): Sheet | undefined {
  const tensor = seen[name];
  return tensor && sheetOf(tensor, 1024, 40, 16);
}

async function time(photo: ImageContent): Promise<{ readonly ms: number; readonly layers: readonly LayerTime[] }> {
  const model = opened();
  const { steps, ms } = model.profile(await inputOf(model, photo), { iterations: 5 });
  const whole = steps.reduce((sum, step) => sum + step.ms, 0);
  const layers = new Map<string, LayerTime>();
  for (const step of steps) {
    const taken = (layers.get(step.layer)?.ms ?? 0) + step.ms;
    layers.set(step.layer, { name: step.layer, type: step.type, ms: taken, share: taken / whole });
  }
  return { ms, layers: [...layers.values()] };
}

const inside = {
  open: (from: string | Blob, onProgress: (bytes: number, total: number | undefined) => void): Promise<Done<Opened>> => answer(() => open(from, onProgress)),
  classify: (photo: ImageContent): Promise<Done<Classification>> => answer(() => classify(photo)),
  look: (photo: ImageContent): Promise<Done<readonly LayerMaps[]>> => answer(() => look(photo)).then((done) => transfer(done, 'value' in done ? done.value.map(({ sheet }) => sheet.data.buffer) : [])),
  all: (name: string): Promise<Done<Sheet | undefined>> => answer(() => all(name)),
  time: (photo: ImageContent): Promise<Done<{ readonly ms: number; readonly layers: readonly LayerTime[] }>> => answer(() => time(photo)),
};

export type Inside = typeof inside;

expose(inside);
