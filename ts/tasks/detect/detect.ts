import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { ImageInput } from '../../image/types.js';
import { labelNames } from '../labels.js';
import type { Labels } from '../labels.js';
import { takeIn, tell } from '../look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes, TakenIn } from '../look.js';
import type { Instance } from '../../wasm/instance.js';
import type { InstanceMask } from '../segment/mask.js';
import { expectTask } from '../task.js';
import { SOFT_CANDIDATES, isSoft, suppress } from '../boxes/suppress.js';
import type { SuppressOptions } from '../boxes/suppress.js';
import { chosen } from './head.js';
import type { RawBoxes } from './head.js';
import { rectangle } from './on-photo.js';
import { MOST_CANDIDATES, readView } from './read-view.js';
import type { View } from './read-view.js';
import { withoutCuts } from './seams.js';
import { checkShare, USUAL } from './spec.js';
import type { DetectSpec, HeadName } from './spec.js';
import { checkTiles, cut, tilesOf } from './tiles.js';
import type { Tile, TileOptions } from './tiles.js';

/** How boxes are found. */
export interface DetectOptions extends PhotoOptions {
  /** Least score of a box, 0 to 1. Default: the model's own, else 0.25. */
  readonly score?: number | undefined;
  /** Of two boxes that overlap more, as intersection over union, 0 to 1, the one of lower score is dropped. Default: the model's own, else 0.45. */
  readonly iou?: number | undefined;
  /** Most boxes, from 1 on, those of highest score. Default 300. */
  readonly max?: number | undefined;
  /** Names or indexes of the classes that are wanted. Default: all. */
  readonly classes?: readonly (string | number)[] | undefined;
  /** Names of the classes, as many as there are. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /** Whether a box drops those of other classes too. Default false. */
  readonly agnostic?: boolean | undefined;
  /**
   * How boxes that overlap are dropped. `greedy` (default): all that overlap a better one more than `iou`; `diou` takes the distance of their
   * centres off the overlap (Zheng et al. 2020, arXiv 1911.08287); `soft` (a Gaussian of the overlap) and `soft-linear` lower the scores
   * instead, and drop what comes under `score` (Bodla et al. 2017, arXiv 1704.04503). Heads of which the graph has dropped boxes itself are left as they are.
   */
  readonly method?: SuppressOptions['method'] | undefined;
  /**
   * How many boxes soft suppression looks at at most, those of the highest scores: each may have to meet all that are kept. 1 to 30,000.
   * Default 10,000.
   */
  readonly candidates?: number | undefined;
  /** For photos much larger than the input: looks at tiles of so many pixels, one after the other, and joins their boxes. Default: the whole at once. */
  readonly tiles?: TileOptions | undefined;
}

/** Something that was found, in pixels of the photo as it is shown. */
export interface DetectedBox {
  /** Pixels from the left edge of the photo. */
  readonly left: number;
  /** Pixels from its upper edge. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 0 to 1. */
  readonly score: number;
  /** Absent where the model has no labels and none were given. */
  readonly label: string | undefined;
  /** Of the class, from 0. */
  readonly index: number;
  /** The pixels of what is in the box, where the model gives masks and the photo is not cut into tiles. */
  readonly mask?: InstanceMask | undefined;
}

/** What `detect` answers. */
export interface Detections {
  /** Highest score first. */
  readonly boxes: readonly DetectedBox[];
  /** The form in which the model's outputs were read. */
  readonly head: HeadName;
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/**
 * What is where on an image.
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or whose
 *   outputs are of no known form; ArgumentError for options without meaning, and for labels of another number than classes; AbortedError
 *   when interrupted
 */
export async function detect(model: PhotoModel, image: ImageInput, options: DetectOptions = {}, asking: Asking = {}): Promise<Detections> {
  expectTask('detect', model.task);
  const spec: DetectSpec = model.task?.kind === 'detect' ? model.task : { kind: 'detect' };
  const { tiles } = options;
  const how = {
    score: checkShare('score', options.score ?? spec.score ?? 0.25), iou: checkShare('iou', options.iou ?? spec.iou ?? 0.45), max: checkMax(options.max ?? 300),
    agnostic: options.agnostic === true, method: checkMethod(options.method), candidates: checkCandidates(options.candidates ?? SOFT_CANDIDATES),
  };
  if (tiles) checkTiles(tiles);
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const wanted = wantedClasses(options.classes, labels);
  // Tiles are cut of the photo as it is.
  const taken = await takeIn('detect', model, image, tiles ? { ...options, exact: true } : options, USUAL, asking);
  const { views, times } = viewsOf(model, taken, tiles, (told, part) => readView(model, taken, { told, part, spec, labels, wanted, score: how.score }));
  const { full } = taken.pixels;
  const found = best(model, views, how, full);
  const masks = tiles ? undefined : views[0]!.masks?.(found);
  const boxes = Array.from(found.scores, (score, i): DetectedBox => {
    const index = found.classes[i]!;
    return { ...rectangle(found.boxes, i, full), score, label: labels?.[index], index, ...(masks && { mask: masks[i] }) };
  });
  return { boxes, head: views[0]!.head, ms: times() };
}

interface Found {
  readonly views: readonly View[];
  readonly times: () => PhotoTimes;
}

/** The whole photo, or its tiles one after the other. */
function viewsOf(model: PhotoModel, taken: TakenIn, options: TileOptions | undefined, read: (told: ReturnType<typeof tell>, tile: Tile) => View): Found {
  const { pixels, started, decoded } = taken;
  const { full } = pixels;
  const tiles = options ? tilesOf(full, options) : [{ left: 0, top: 0, ...full }];
  let [preparing, since] = [0, decoded];
  const views = tiles.map((tile, i) => {
    const last = i === tiles.length - 1 ? pixels.release : undefined;
    const told = tell(model, taken, options ? cut(pixels, tile) : pixels, last);
    preparing += told.prepared - since;
    const view = read(told, tile);
    since = performance.now();
    return view;
  });
  const times = (): PhotoTimes => {
    const done = performance.now();
    return { wait: 0, transfer: 0, decode: decoded - started, preprocess: preparing, run: done - decoded - preparing, total: done - started };
  };
  return { views, times };
}

interface How {
  readonly score: number;
  readonly iou: number;
  readonly max: number;
  readonly agnostic: boolean;
  readonly method: SuppressOptions['method'];
  /** Of soft suppression. */
  readonly candidates: number;
}

/** What is left of the boxes of the whole photo, or of all its tiles: highest score first. */
function best({ instance }: PhotoModel, views: readonly View[], how: How, photo: Pick<Tile, 'width' | 'height'>): Left {
  const [first, ...more] = views.map((view) => left(instance, view, how));
  if (more.length === 0) return first!;
  const whole = withoutCuts([first!, ...more], views, { most: how.iou, agnostic: how.agnostic, photo });
  // What is lowered in a tile is not lowered again: here boxes of the same thing meet.
  return left(instance, whole, { ...how, method: how.method === 'diou' ? 'diou' : 'greedy' });
}

/** Boxes of which those that overlap others were dropped. */
type Left = RawBoxes;

function left(instance: Instance, { boxes, scores, classes, from, suppressed }: Left & { readonly suppressed?: boolean }, { score, iou, max, agnostic, method, candidates }: How): Left {
  const { kept, scores: lowered } = suppress(instance, boxes, scores, agnostic ? undefined : classes, {
    iou: suppressed ? 1 : iou, max, ...(suppressed || method === undefined ? {} : { method }), ...(isSoft(method) ? { score, candidates } : {}),
  });
  return { ...chosen({ boxes, scores, classes, from }, kept), scores: lowered };
}

/** @throws ArgumentError */
function checkMax(max: number): number {
  return Number.isInteger(max) && max >= 1 ? max : wrong('max', 'a whole number from 1 on', showValue(max));
}

/** @throws ArgumentError */
function checkCandidates(candidates: number): number {
  const fits = Number.isInteger(candidates) && candidates >= 1 && candidates <= MOST_CANDIDATES;
  return fits ? candidates : wrong('candidates', `a whole number from 1 to ${MOST_CANDIDATES}`, showValue(candidates));
}

const METHODS: readonly unknown[] = ['greedy', 'soft', 'soft-linear', 'diou', undefined] satisfies SuppressOptions['method'][];

/** @throws ArgumentError */
function checkMethod(method: SuppressOptions['method'] | undefined): SuppressOptions['method'] {
  return METHODS.includes(method) ? method : wrong('method', 'greedy, soft, soft-linear or diou', showValue(method));
}

/** @throws ArgumentError for a class that is not there */
function wantedClasses(classes: readonly (string | number)[] | undefined, labels: readonly string[] | undefined): ReadonlySet<number> | undefined {
  if (classes === undefined) return undefined;
  if (!Array.isArray(classes)) wrong('classes', 'a list of names or indexes', showValue(classes));
  return new Set(classes.map((wanted: unknown) => {
    const index = typeof wanted === 'string' ? (labels?.indexOf(wanted) ?? -1) : wanted;
    if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < (labels?.length ?? Infinity)) return index as number;
    return wrong('classes', labels ? 'names or indexes of classes of the model' : 'indexes of classes', showValue(wanted));
  }));
}
