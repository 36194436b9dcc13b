import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, add, flatten, linear, named, relu, sequential } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { chain, checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { convNorm, squeezeExcitation } from './blocks.js';

/** A RegNet by its stages, which follow from a line of widths in the paper. */
interface Kind {
  readonly widths: readonly number[];
  readonly depths: readonly number[];
  /** Channels of a group of the 3x3 convolutions. */
  readonly groupWidth: number;
  /** Channels of the squeeze over those of the input of the block: RegNetY. */
  readonly squeeze: number;
}

const Y_400MF: Kind = { widths: [48, 104, 208, 440], depths: [1, 3, 6, 6], groupWidth: 8, squeeze: 0.25 };

/** Channels of the first convolution. */
const STEM = 32;

/** y = relu(f(x) + x) with 1x1, grouped 3x3, squeeze-and-excitation, 1x1; the shortcut is a convolution where the shape changes. */
function block(from: number, to: number, stride: number, { groupWidth, squeeze }: Kind): Layer {
  const f = sequential({
    a: convNorm(from, to, 1, { activation: relu }),
    b: convNorm(to, to, 3, { stride, groups: to / groupWidth, activation: relu }),
    se: squeezeExcitation(to, Math.round(squeeze * from)),
    c: convNorm(to, to, 1),
  }, { name: 'f' });
  const proj = from === to && stride === 1 ? undefined : named('proj', convNorm(from, to, 1, { stride }));
  const activation = relu({ name: 'activation' });
  return named('block', (x) => activation(add(proj ? proj(x) : x, f(x))));
}

function regNet(what: string, kind: Kind, options: ModelOptions): Graph {
  const { classes = 1000, input: shape = IMAGES } = checked(what, options);
  const { widths, depths } = kind;
  const stages = widths.map((to, i): [string, Layer] => {
    const from = i === 0 ? STEM : (widths[i - 1] ?? 0);
    const blocks = Array.from({ length: depths[i] ?? 0 }, (_, at) => block(at === 0 ? from : to, to, at === 0 ? 2 : 1, kind));
    return [`block${i + 1}`, sequential(Object.fromEntries(blocks.map((layer, at) => [`block${i + 1}-${at}`, layer])))];
  });
  const modules = {
    stem: convNorm(3, STEM, 3, { stride: 2, activation: relu }),
    trunk_output: sequential(Object.fromEntries(stages)),
    avgpool: adaptiveAvgPool2d(1),
    flatten: flatten(),
    fc: linear(widths.at(-1) ?? 0, classes),
  };
  return chain(modules, shape);
}

/** RegNetY of 400 million multiply-adds (Radosavovic et al. 2020, arXiv 2003.13678), as in torchvision: [N, 3, H, W] to [N, classes]. @throws as `lenet5` */
export const regnet_y_400mf = (options: ModelOptions = {}): Graph => regNet('regnet_y_400mf', Y_400MF, options);
