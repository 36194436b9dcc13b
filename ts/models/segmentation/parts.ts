import { batchNorm2d, conv2d, dropout, graph, input, named, relu, sequential, upsampleLike } from '../../ops/layers.js';
import type { Layer, Value } from '../../ops/layers.js';
import type { Graph } from '../../graph/graph.js';
import { optionNames } from '../../base/options.js';
import { checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { indexed } from '../classification/blocks.js';

/** What `fcn_resnet50` and `deeplabv3_mobilenet_v3_large` take. */
export interface SegmentationOptions extends ModelOptions {
  /**
   * Whether a second head looks at an earlier map and is the output `aux`, for training. Default false. Weights that have its parameters, as
   * torchvision's do, need it here; `withOutputs(graph, ['out'])` then leaves out what it would compute.
   */
  readonly auxLoss?: boolean | undefined;
}

const OPTIONS = optionNames<SegmentationOptions>({ classes: true, input: true, auxLoss: 'boolean' });

/** Classes of Pascal VOC with the background, which torchvision's weights tell apart. */
export const VOC_CLASSES = 21;

/** A backbone, which map goes to which head, and the heads. */
export interface Segmenter {
  /** Modules by name, in order. */
  readonly backbone: Readonly<Record<string, Layer>>;
  /** The modules whose maps the heads look at. */
  readonly taps: { readonly out: string; readonly aux: string };
  readonly classifier: (classes: number) => Layer;
  readonly auxiliary: (classes: number) => Layer;
}

/**
 * Calls modules one after the other as the module `backbone`.
 * @returns the values of those that are named by `wanted`; those behind the last of them are not called
 */
export function backboneMaps(modules: Readonly<Record<string, Layer>>, wanted: readonly string[], x: Value): Record<string, Value> {
  const maps: Record<string, Value> = {};
  const names = Object.keys(modules);
  const needed = names.slice(0, 1 + Math.max(...wanted.map((name) => names.indexOf(name))));
  const backbone = named('backbone', (image) =>
    needed.reduce((value, name) => (maps[name] = sequential({ [name]: modules[name]! })(value)), image));
  backbone(x);
  return maps;
}

/** Scores at the size of the image: [N, classes, h, w] to [N, classes, H, W]. */
export const asLargeAs = (scores: Value, image: Value): Value => upsampleLike(scores, image, { mode: 'bilinear' });

/** A network of a backbone and heads as a graph: `out`, and `aux` where it is asked for. */
export function segmenter(what: string, options: SegmentationOptions, make: () => Segmenter): Graph {
  const { classes = VOC_CLASSES, input: shape = IMAGES, auxLoss = false } = checked(what, options, OPTIONS);
  const { backbone, taps, classifier, auxiliary } = make();
  const x = input(shape);
  const maps = backboneMaps(backbone, auxLoss ? [taps.out, taps.aux] : [taps.out], x);
  const head = (name: string, layer: Layer, tap: string): Value => asLargeAs(named(name, layer)(maps[tap]!), x);
  const out = head('classifier', classifier(classes), taps.out);
  return graph({ input: x }, auxLoss ? { out, aux: head('aux_classifier', auxiliary(classes), taps.aux) } : { out });
}

/** The head of an FCN: 3x3 to a quarter of the channels, then 1x1 to the classes. */
export function fcnHead(from: number, classes: number): Layer {
  const inside = Math.floor(from / 4);
  return indexed([conv2d(from, inside, 3, { padding: 1, bias: false }), batchNorm2d(inside), relu(), dropout(0.1), conv2d(inside, classes, 1)]);
}
