import { scriptBeside } from '../base/beside.js';
import type { ImageInput } from '../image/types.js';
import { classify, USUAL as CLASSIFY_USUAL } from './classify.js';
import type { Classification, ClassifyOptions } from './classify.js';
import type { Detections, DetectOptions } from './detect/detect.js';
import { USUAL as DETECT_USUAL } from './detect/spec.js';
import { embed } from './embed.js';
import type { Embedding, EmbedOptions } from './embed.js';
import { leastFor } from './look.js';
import type { Asking, PhotoModel, PhotoOptions, PhotoTimes } from './look.js';
import type { PreprocessOptions } from '../image/types.js';
import type { Segmentation, SegmentOptions } from './segment/segment.js';
import { USUAL as SEGMENT_USUAL } from './segment/spec.js';
import type * as Where from './where.js';

/** What models are asked about photos: the options, and the answers. */
export interface PhotoCalls {
  readonly classify: { readonly options: ClassifyOptions; readonly answer: Classification };
  readonly detect: { readonly options: DetectOptions; readonly answer: Detections };
  readonly embed: { readonly options: EmbedOptions; readonly answer: Embedding };
  readonly segment: { readonly options: SegmentOptions; readonly answer: Segmentation };
}

export type PhotoCall = keyof PhotoCalls;
export type PhotoCallOptions<Name extends PhotoCall> = PhotoCalls[Name]['options'];
export type PhotoCallAnswer<Name extends PhotoCall> = PhotoCalls[Name]['answer'];

/** What all answers have. */
export interface Timed {
  readonly ms: PhotoTimes;
}

/** Where and what is not asked of a classifier: its own file where an entry is made of more than one. */
const whereAndWhat = async (): Promise<typeof Where> => scriptBeside('inline-where.js', 'detect and segment', () => import('./where.js'));

interface PhotoTask<Options, Answer> {
  readonly usual: PreprocessOptions;
  readonly ask: (model: PhotoModel, image: ImageInput, options: Options, asking: Asking) => Promise<Answer>;
}

const TASKS: { readonly [Name in PhotoCall]: PhotoTask<PhotoCalls[Name]['options'], PhotoCalls[Name]['answer']> } = {
  classify: { usual: CLASSIFY_USUAL, ask: classify },
  detect: { usual: DETECT_USUAL, ask: async (...question) => (await whereAndWhat()).detect(...question) },
  embed: { usual: CLASSIFY_USUAL, ask: embed },
  segment: { usual: SEGMENT_USUAL, ask: async (...question) => (await whereAndWhat()).segment(...question) },
};

/** The answer about a photo. @throws what the task of this name throws */
export function askPhoto<Name extends PhotoCall>(
  name: Name, model: PhotoModel, image: ImageInput, options: PhotoCallOptions<Name>, asking: Asking,
): Promise<PhotoCallAnswer<Name>> {
  const task: PhotoTask<PhotoCallOptions<Name>, PhotoCallAnswer<Name>> = TASKS[name];
  return task.ask(model, image, options, asking);
}

/** In what [height, width] the model would take a photo for this, at least. @throws ArgumentError, UnsupportedError as the call */
export function leastPhoto(name: PhotoCall, model: PhotoModel, options: PhotoOptions): readonly [number, number] | undefined {
  return leastFor(name, model, options, TASKS[name].usual);
}
