import { UnsupportedError } from '../../base/errors.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { ImageInput } from '../../image/types.js';
import { labelNames } from '../labels.js';
import type { Labels } from '../labels.js';
import { look } from '../look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes, Seen } from '../look.js';
import { expectTask } from '../task.js';
import { USUAL } from './spec.js';
import { checkShare } from '../detect/spec.js';
import { inputSize, readMaps } from './maps.js';
import { sharesOf } from './mask.js';
import type { Mask, SegmentClass } from './mask.js';
import { fromClasses, fromOneMap, fromScores, scoresOf } from './pixels.js';
import { axesOf } from './resample.js';

/** How a photo is segmented. */
export interface SegmentOptions extends PhotoOptions {
  /** For a model of one map: from which probability on, 0 to 1, a pixel is of class 1. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Names of the classes, as many as there are; of a model of one map two, of no and yes. Default: those of the model. */
  readonly labels?: Labels | undefined;
  /**
   * Whether scores are resized to the photo before each pixel takes its best class (`before`, bilinear as PyTorch with
   * `align_corners=False`: smooth edges), or classes after (`after`, to the nearest: faster, edges of blocks). Default `before`.
   */
  readonly resize?: 'before' | 'after' | undefined;
  /** For a model of one map: whether the answer has `alpha` too. Default false. */
  readonly soft?: boolean | undefined;
  /**
   * Whether the answer has scores of every pixel too: of all classes, or of those that are named. They take 4 bytes for each class
   * and pixel of the photo. Default false.
   */
  readonly scores?: boolean | readonly (string | number)[] | undefined;
}

/** What `segment` answers. */
export interface Segmentation {
  /** As large as the photo. */
  readonly mask: Mask;
  /** Those that have a pixel, the largest first. */
  readonly classes: readonly SegmentClass[];
  /** On demand: [height, width] of the photo, the probability of class 1 as 0 to 255. A matte. */
  readonly alpha: Uint8Array | undefined;
  /**
   * On demand: [classes, height, width] of the photo, what the model gave, resized; for a model of one map the probability of class 1.
   */
  readonly scores: Float32Array | undefined;
  /** Where the time went. */
  readonly ms: PhotoTimes;
}

/**
 * The class of each pixel of a photo. What a crop leaves out gets the class of the pixel at the crop's edge.
 * @throws ImageError for what is no image; UnsupportedError for a model of another task, with other inputs than one image, or whose
 *   output is no map; EngineError for scores that are no numbers; ArgumentError for options without meaning, or labels of another
 *   number than classes; AbortedError when interrupted
 */
export async function segment(model: PhotoModel, image: ImageInput, options: SegmentOptions = {}, asking: Asking = {}): Promise<Segmentation> {
  expectTask('segment', model.task);
  const threshold = checkShare('threshold', options.threshold ?? 0.5);
  const { resize = 'before', soft = false, scores: wanted = false } = options;
  if (!RESIZES.includes(resize)) wrong('resize', 'before or after', showValue(resize));
  if (typeof wanted !== 'boolean' && !Array.isArray(wanted)) wrong('scores', 'true, false or a list of classes', showValue(wanted));
  const labels = options.labels === undefined ? model.labels : labelNames(options.labels);
  const seen = await look('segment', model, image, options, USUAL, asking);
  const answer = answerOf(model, seen, { threshold, resize, soft, wanted, labels });
  return { ...answer, classes: sharesOf(answer.mask, labels), ms: seen.times() };
}

const RESIZES: readonly unknown[] = ['before', 'after'] satisfies SegmentOptions['resize'][];

interface Asked {
  readonly threshold: number;
  readonly resize: 'before' | 'after';
  readonly soft: boolean;
  readonly wanted: NonNullable<SegmentOptions['scores']>;
  readonly labels: readonly string[] | undefined;
}

function answerOf(model: PhotoModel, seen: Seen, asked: Asked): Pick<Segmentation, 'mask' | 'alpha' | 'scores'> {
  const { threshold, resize, soft, wanted, labels } = asked;
  const maps = readMaps(model, seen, labels?.length);
  const axes = axesOf({ ...seen, input: inputSize(seen) }, maps);
  if ('classMap' in maps) {
    if (soft || wanted !== false) refuse(soft ? 'soft' : 'scores', 'a model whose graph gives scores', 'one that gives classes');
    expectLabels(labels, maps.classes, 'at least');
    return { mask: fromClasses(maps, axes), alpha: undefined, scores: undefined };
  }
  expectLabels(labels, maps.classes);
  if (soft && maps.classes > 1) refuse('soft', 'a model of one map', `${maps.classes} maps; use scores`);
  const sigmoid = maps.classes === 1 && isRaw(model);
  const classes = wanted === false ? undefined : wantedClasses(wanted, maps.classes, labels);
  const scores = classes && scoresOf(maps, axes, { classes, sigmoid, resize });
  if (maps.classes > 1) return { mask: fromScores(maps, axes, resize), alpha: undefined, scores };
  return { ...fromOneMap(maps, axes, { threshold, sigmoid, soft, resize }), scores };
}

/** Whether the numbers of one map are raw scores: as the task says, else as the graph ends. */
function isRaw({ task, session }: PhotoModel): boolean {
  const said = task?.kind === 'segment' ? task.scores : undefined;
  return said === undefined ? session.ending === 'raw' : said === 'sigmoid';
}

/** @throws ArgumentError for labels of another number than classes */
function expectLabels(labels: readonly string[] | undefined, classes: number, atLeast?: 'at least'): void {
  if (!labels || labels.length === (classes === 1 ? 2 : classes) || (atLeast && labels.length >= classes)) return;
  wrong('labels', classes === 1 ? '2 names, of no and yes' : `as many names as classes, ${atLeast ? 'at least ' : ''}${classes}`, String(labels.length));
}

/** The maps that are asked for; of one map it is that of class 1. @throws ArgumentError for a class that is not there */
function wantedClasses(wanted: true | readonly (string | number)[], count: number, labels: readonly string[] | undefined): readonly number[] {
  if (wanted === true) return Array.from({ length: count }, (_, c) => c);
  return wanted.map((one: unknown) => {
    const index = typeof one === 'string' ? (labels?.indexOf(one) ?? -1) : one;
    const map = count === 1 ? Number(index) - 1 : index;
    if (typeof index === 'number' && Number.isInteger(map) && Number(map) >= 0 && Number(map) < count) return Number(map);
    return wrong('scores', `classes of the model${labels ? ', by name or index' : ', by index'}`, showValue(one));
  });
}

function refuse(place: string, expected: string, got: string): never {
  wrong(`segment: ${place}`, expected, got, { as: UnsupportedError });
}
