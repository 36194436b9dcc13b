import { UnsupportedError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import type { PixelTarget } from '../image/preprocess-for.js';
import { showShape } from '../base/show.js';
import type { Port } from '../session/inputs.js';

/** The input of a model of images: its name, and what pixels have to become for it. */
export interface ImageInputPort extends PixelTarget {
  readonly name: string;
  /** Whether the image stands in no batch: [C, H, W]. */
  readonly alone?: true | undefined;
}

type Axes = Pick<PixelTarget, 'layout' | 'channels'> & { readonly height: number; readonly width: number };

/**
 * The input of a model that takes one image: float32 or uint8, of 3 channels or 1 (grey), in the second dimension or else the last. The
 * second counts first: [1, 3, 32, 3] is 3 channels of 32 x 3. One whose second dimension is open and whose last is neither is [N, 3, H, W].
 * An input [C, H, W] without a batch, as torchvision's detectors have it, is one image too.
 * @param place - who asks, for messages
 * @throws UnsupportedError for any other model
 */
export function imageInput(inputs: readonly Port[], place: string): ImageInputPort {
  const [port] = inputs;
  const { name, dtype, shape } = port ?? { name: '', dtype: undefined, shape: [] };
  // Without a batch channels have to be said, and come first.
  const alone = shape.length === 3 && channelsOf(shape[0]) !== undefined ? true : undefined;
  const whole = alone ? [1, ...shape] : shape;
  const axes = axesOf(whole);
  const single = inputs.length === 1 && whole.length === 4 && (whole[0] ?? 1) === 1;
  if (!single || !axes || (dtype !== 'float32' && dtype !== 'uint8')) {
    const got = inputs.map((each) => `${each.name} ${each.dtype} ${showShape(each.shape)}`).join(', ') || 'none';
    const expected = 'one input [1, C, H, W] or [1, H, W, C] of 3 channels or 1, float32 or uint8';
    wrong(place, expected, got, { as: UnsupportedError, hint: 'use run()' });
  }
  const { layout, channels } = axes;
  const [height, width] = [whole[axes.height], whole[axes.width]];
  return { name, alone, layout, channels, dtype, size: typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined };
}

function axesOf([, second, , last]: Port['shape']): Axes | undefined {
  const second3or1 = channelsOf(second);
  const last3or1 = channelsOf(last);
  if (second3or1 || (second === null && !last3or1)) return { layout: 'nchw', channels: second3or1 ?? 3, height: 2, width: 3 };
  return last3or1 && { layout: 'nhwc', channels: last3or1, height: 1, width: 2 };
}

function channelsOf(dim: number | null | undefined): 3 | 1 | undefined {
  return dim === 3 || dim === 1 ? dim : undefined;
}
