/** Looks inside a network, beside the page's thread: decodes photos, runs the network, and draws its maps as rows of grey pixels. */
import { expose, transfer } from 'comlink';
import { decodeImage, graphFromData, inspect, load, preprocess, unitField } from 'receptive/inline';
import type { Classification, Gap, ImageContent, InlineModel, PreprocessOptions, Summary, SummaryLayer, Tensor, UnitField } from 'receptive/inline';
import type { Sheet } from '../../ui/sheet-view.js';
import type { GraphLayer } from './graph-layout.js';
import { occlude } from './occlude.js';
import type { Occlusion } from './occlude.js';

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
  /** All layers that are computed, and what each reads. */
  readonly graph: readonly GraphLayer[];
  /** Whether the file has layers with gradients: an ONNX file has not. */
  readonly hasGraph: boolean;
}

/** Where a class is seen. */
export interface HeatMap {
  readonly values: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly layer: string;
  readonly index: number;
  readonly score: number;
}

type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string; readonly gaps?: readonly Gap[] } };

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
let summary: Summary | undefined;
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
  [net, withMaps, summary, maps, seen] = [undefined, undefined, undefined, [], {}];
}

async function open(from: string | Blob, onProgress: (bytes: number, total: number | undefined) => void): Promise<Opened> {
  const next = await load(from, { onProgress });
  close();
  [net, source] = [next, from];
  summary = next.summary(shapeOf(next));
  const { layers, params, macs } = summary;
  maps = layers.filter(({ outputShape, type }) => outputShape.length === 4 && !/Dropout|Identity/.test(type));
  return {
    name: next.name, layers: layers.length, params, macs, variant: next.variant, hasGraph: next.graph !== undefined,
    graph: layers.map(({ name, type, outputShape: shape, inputs }) => ({ name, type, shape, inputs })),
  };
}

/** What is in the way of a file that was refused; nothing where it is another file, or no operator is missing. */
const gapsOf = (from: string | Blob): Promise<readonly Gap[]> => inspect(from).then(({ gaps }) => gaps, () => []);

async function openOrTell(from: string | Blob, onProgress: (bytes: number, total: number | undefined) => void): Promise<Done<Opened>> {
  const done = await answer(() => open(from, onProgress));
  if (!('error' in done) || done.error.code !== 'unsupported') return done;
  return { error: { ...done.error, gaps: await gapsOf(from) } };
}

function opened(): InlineModel {
  if (!net) throw new Error('no network is open');
  return net;
}

const classify = (photo: ImageContent): Promise<Classification> => opened().classifyBytes(photo);

const howOf = (model: InlineModel): PreprocessOptions => model.preprocess ?? 'imagenet';

async function inputOf(model: InlineModel, photo: ImageContent, how: PreprocessOptions = howOf(model)): Promise<Tensor> {
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
  // An ONNX file names values in ways of its own, and layers only for messages.
  if (!model.graph) return [];
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

/** What the network sees of the photo: its input before it is normalised. */
async function view(photo: ImageContent): Promise<Sheet> {
  const model = opened();
  const how = howOf(model);
  const plain: PreprocessOptions = { ...(typeof how === 'string' ? { preset: how } : how), mean: [0, 0, 0], std: [1, 1, 1], scale: 1 / 255, order: 'rgb' };
  const { data, shape } = await inputOf(model, photo, plain);
  const [, channels = 0, height = 0, width = 0] = shape;
  const pixels = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let at = 0; at < height * width; at++) {
    for (let c = 0; c < 3; c++) pixels[4 * at + c] = 255 * Number(data[(channels === 3 ? c : 0) * height * width + at]);
  }
  return { data: pixels, width, height };
}

/** What a unit of a layer sees of the input. */
function field(name: string, row: number, column: number): UnitField | undefined {
  return summary && unitField(summary, name, [row, column]);
}

/** Counts the runs of occlusion that were begun or stopped: only the last goes on. */
let occlusions = 0;

async function fall(photo: ImageContent, index: number, onProgress: (share: number) => void): Promise<Occlusion | undefined> {
  const mine = ++occlusions;
  const model = opened();
  return occlude(model, await inputOf(model, photo), index, onProgress, () => mine !== occlusions);
}

const bytesOf = async (from: string | Blob): Promise<ArrayBuffer> => (typeof from === 'string' ? (await fetch(from)).arrayBuffer() : from.arrayBuffer());

/** Training's engine is fetched by the first that asks for it. */
async function cam(photo: ImageContent, index: number): Promise<HeatMap> {
  const model = opened();
  if (!model.graph) throw new Error('the network has no graph');
  const { gradCam } = await import('receptive/train/inline');
  const asked = { weights: await bytesOf(source), input: await inputOf(model, photo), index };
  const { map, layer, score } = await gradCam(graphFromData(model.graph), asked);
  const [rows = 0, columns = 0] = map.shape;
  return { values: [...map.data], rows, columns, layer, index, score };
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
  open: (from: string | Blob, onProgress: (bytes: number, total: number | undefined) => void): Promise<Done<Opened>> => openOrTell(from, onProgress),
  classify: (photo: ImageContent): Promise<Done<Classification>> => answer(() => classify(photo)),
  look: (photo: ImageContent): Promise<Done<readonly LayerMaps[]>> => answer(() => look(photo)).then((done) => transfer(done, 'value' in done ? done.value.map(({ sheet }) => sheet.data.buffer) : [])),
  all: (name: string): Promise<Done<Sheet | undefined>> => answer(() => all(name)),
  view: (photo: ImageContent): Promise<Done<Sheet>> => answer(() => view(photo)),
  field: (name: string, row: number, column: number): Promise<Done<UnitField | undefined>> => answer(() => field(name, row, column)),
  occlude: (photo: ImageContent, index: number, onProgress: (share: number) => void): Promise<Done<Occlusion | undefined>> => answer(() => fall(photo, index, onProgress)),
  cam: (photo: ImageContent, index: number): Promise<Done<HeatMap>> => answer(() => cam(photo, index)),
  stop: (): void => void occlusions++,
  time: (photo: ImageContent): Promise<Done<{ readonly ms: number; readonly layers: readonly LayerTime[] }>> => answer(() => time(photo)),
};

export type Inside = typeof inside;

expose(inside);
