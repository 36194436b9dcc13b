import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { isMap } from '../onnx-window.js';
import { pixelShuffleOp } from './op.js';

/** What does not divide is left to the host, which says why. */
function shuffle(inverse: boolean): Lowering {
  return (context) => {
    const [, c = 0, h = 0, w = 0] = context.shape(0);
    const factor = context.attributes.int('blocksize', 0);
    const mode = context.attributes.string('mode', 'DCR');
    const divides = inverse ? h % factor === 0 && w % factor === 0 : c % factor ** 2 === 0;
    if (!isMap(context) || context.shape(0).includes(0) || factor < 1 || !divides || !['DCR', 'CRD'].includes(mode)) return undefined;
    return [context.apply(pixelShuffleOp({ factor, blockFirst: mode === 'DCR', inverse }), [context.value(0)])];
  };
}

export const pixelShuffleLowerings: Lowerings = { DepthToSpace: shuffle(false), SpaceToDepth: shuffle(true) };
