import { wrong } from '../../base/wrong.js';
import type { ClassScore, ImageInput } from '../../entries/index.js';
import { confusionMatrix, topK } from '../../entries/vision.js';
import type { ConfusionMatrix } from '../../entries/vision.js';
import type { EvaluateSettings } from './boxes.js';
import { readAhead, spread } from './some.js';

/** Photos of which each has one class. */
export interface ClassifiedPhotos {
  readonly classes: readonly string[];
  readonly length: number;
  get(index: number): Promise<{ readonly image: ImageInput; readonly truth: number }>;
}

/** What says the likeliest classes of a photo. */
export interface Classifier {
  /** Names of its classes, if it has some. */
  readonly labels?: readonly string[] | undefined;
  classify(photo: ImageInput, options: { readonly topK: number }): Promise<{ readonly top: readonly ClassScore[] }>;
}

/** What a data set of classes says of a model. */
export interface ClassesReport {
  readonly task: 'classify';
  readonly examples: number;
  readonly top1: number | undefined;
  readonly top5: number | undefined;
  /** By classes of the model. */
  readonly matrix: ConfusionMatrix;
  /** Names of the classes of the model. */
  readonly names: readonly string[];
}

/** Classes that are looked at for each photo. */
const NAMED = 5;

/**
 * How often the class of a photo is the likeliest, or among the five likeliest.
 * @throws ArgumentError for a class of the data that the model does not have
 */
export async function evaluateClasses(data: ClassifiedPhotos, classifier: Classifier, { limit, onPhoto }: EvaluateSettings): Promise<ClassesReport> {
  const { labels } = classifier;
  const ofModel = data.classes.map((name, at) => classOf(name, at, labels));
  const indices = spread(data.length, limit);
  const [top, truths, answers]: [ReturnType<typeof topK>, number[], number[]] = [topK([1, NAMED]), [], []];
  for await (const { image, truth } of readAhead(indices, (index) => data.get(index))) {
    const named = likeliest((await classifier.classify(image, { topK: NAMED })).top);
    top.add(ofModel[truth]!, named);
    truths.push(ofModel[truth]!);
    answers.push(named[0]!);
    onPhoto?.(truths.length, indices.length);
  }
  const size = [...truths, ...answers, ...ofModel].reduce((most, index) => Math.max(most, index + 1), labels?.length ?? 1);
  const names = Array.from({ length: size }, (_, index) => labels?.[index] ?? data.classes[ofModel.indexOf(index)] ?? String(index));
  const matrix = confusionMatrix({ classes: size });
  matrix.add(truths, answers);
  const [top1, top5] = top.result();
  return { task: 'classify', examples: truths.length, top1, top5, matrix, names };
}

/** Classes, likeliest first. A model of one output without names says how likely yes is, which is class 1. */
function likeliest(top: readonly ClassScore[]): number[] {
  const [only] = top;
  if (top.length !== 1 || only!.index !== 0 || only!.label !== undefined) return top.map(({ index }) => index);
  return only!.probability >= 0.5 ? [1, 0] : [0, 1];
}

/** The class of the model that a name of the data stands for: by its own name, or by its number; without names, in their order. */
function classOf(name: string, at: number, labels: readonly string[] | undefined): number {
  const index = labels?.indexOf(name) ?? -1;
  if (index >= 0) return index;
  if (/^\d+$/.test(name) && Number(name) < (labels?.length ?? Infinity)) return Number(name);
  if (!labels) return at;
  return wrong(`--data: class ${name}`, `one of the ${labels.length} classes of the model`, 'another name', { hint: '--labels names the classes of the model as the data does' });
}
