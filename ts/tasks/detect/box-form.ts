/** What four numbers say of a box: corners (x1, y1, x2, y2), corner and size (x1, y1, w, h), centre and size, or corners with y first. */
export type BoxForm = 'xyxy' | 'xywh' | 'cxcywh' | 'yxyx';

/** Left, top, right, bottom. */
export type Corners = readonly [left: number, top: number, right: number, bottom: number];

type Corner = (a: number, b: number, c: number, d: number) => Corners;

const TO_CORNERS: Readonly<Record<BoxForm, Corner>> = {
  xyxy: (left, top, right, bottom) => [left, top, right, bottom],
  xywh: (left, top, width, height) => [left, top, left + width, top + height],
  cxcywh: (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
  yxyx: (top, left, bottom, right) => [left, top, right, bottom],
};

export const BOX_FORMS = Object.keys(TO_CORNERS) as readonly BoxForm[];

export function cornersOf(form: BoxForm, a: number, b: number, c: number, d: number): Corners {
  return TO_CORNERS[form](a, b, c, d);
}

/** Boxes somewhere in an array. Strides are in elements. */
export interface BoxNumbers {
  readonly values: Float32Array;
  readonly count: number;
  /** From a box to the next. */
  readonly boxStride: number;
  /** From one of its four numbers to the next. */
  readonly numberStride: number;
}

/** No share of the input is so large, but places in pixels are. */
const LARGEST_SHARE = 2;

/**
 * Reads boxes as corners in pixels of the input.
 * @param normalized - whether the numbers are shares of the input. Undefined: they are where none is larger than shares can be
 */
export function boxReader(
  { values, count, boxStride, numberStride }: BoxNumbers, form: BoxForm, normalized: boolean | undefined, [height, width]: readonly [number, number],
): (index: number) => Corners {
  const number = (index: number, which: number): number => values[index * boxStride + which * numberStride]!;
  const shares = normalized ?? !someLarger(count, number);
  const [x, y] = shares ? [width, height] : [1, 1];
  return (index) => {
    const [left, top, right, bottom] = cornersOf(form, number(index, 0), number(index, 1), number(index, 2), number(index, 3));
    return [left * x, top * y, right * x, bottom * y];
  };
}

function someLarger(count: number, number: (index: number, which: number) => number): boolean {
  for (let i = 0; i < count; i++) for (let which = 0; which < 4; which++) if (Math.abs(number(i, which)) > LARGEST_SHARE) return true;
  return false;
}
