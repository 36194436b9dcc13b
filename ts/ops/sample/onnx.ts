import type { Outside, SampleMode } from '../../contract/words.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { reshapeOp } from '../reshape/op.js';
import { sampleOp } from './op.js';

/** Names of operator sets 16 and 20; the host samples by cubics. */
const MODES: Readonly<Record<string, SampleMode>> = { bilinear: 'bilinear', linear: 'bilinear', nearest: 'nearest' };
const OUTSIDE: Readonly<Record<string, Outside>> = { zeros: 'zeros', border: 'border', reflection: 'reflection' };

const gridSample: Lowering = (context) => {
  const { attributes } = context;
  const [mode, outside] = [MODES[attributes.string('mode', 'linear')], OUTSIDE[attributes.string('padding_mode', 'zeros')]];
  const [x, [n = 0, oh = 0, ow = 0]] = [context.shape(0), context.shape(1)];
  if (!mode || !outside || x.length !== 4 || x.includes(0) || context.shape(1).length !== 4 || oh * ow === 0) return undefined;
  const grid = context.apply(reshapeOp({ shape: [n, oh * ow, 2] }), [context.value(1)]);
  const op = sampleOp({ size: [oh, ow], mode, outside, alignCorners: attributes.int('align_corners', 0) !== 0 });
  return [context.apply(op, [context.value(0), grid])];
};

export const sampleLowerings: Lowerings = { GridSample: gridSample };
