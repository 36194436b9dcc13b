import { optionNames } from '../../base/options.js';
import type { Op } from '../../graph/op.js';
import { leaf } from '../../layers/layer.js';
import type { Layer, NameOption } from '../../layers/layer.js';
import { padOp } from './op.js';
import type { PadMode } from './op.js';

export type { PadMode };

const PAD = optionNames<NonNullable<Parameters<typeof pad>[1]>>({ name: true, mode: true, value: true });

/**
 * Elements around the last dimensions: copies of `value` (0 unless given), or with `mode` of what is inside.
 * @param padding - [left, right, top, bottom], last dimension first, as PyTorch's; a number for all four sides of maps
 * @throws ArgumentError for amounts that are none; ShapeError for more of them than dimensions; GeometryError where what is
 *   inside is too small for the mode
 */
export function pad(
  padding: number | readonly number[],
  options: NameOption & { readonly mode?: PadMode | undefined; readonly value?: number | undefined } = {},
): Layer {
  const make = ({ mode = 'constant', value = 0 }: typeof options): Op => {
    const amounts: readonly number[] = Array.isArray(padding) ? Array.from(padding as readonly number[]) : Array<number>(4).fill(padding as number);
    return padOp({ padding: amounts, mode, value: value === Number.NEGATIVE_INFINITY ? null : value });
  };
  return leaf('pad', options, { known: PAD, first: padding, make });
}
