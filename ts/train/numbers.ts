import { DtypeError, ShapeError } from '../base/errors.js';
import { showShape, showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { arrayKind } from '../tensor/arrays.js';
import { ARRAYS, asData, elementCount, isTensor } from '../tensor/tensor.js';
import type { AnyTensor, DataOf, Dtype } from '../tensor/tensor.js';
import type { Numbers } from './session.js';

/** A tensor of float32, whose shape and data agree. @throws ArgumentError, DtypeError, ShapeError naming the place */
export function float32Of(place: string, value: unknown): Numbers {
  if (!isTensor(value)) noTensor(place, value);
  if (value.dtype !== 'float32') wrong(place, 'float32', showValue(value.dtype).replaceAll('"', ''), { as: DtypeError });
  return { shape: value.shape, data: dataOf(place, value) as Float32Array };
}

/**
 * The data of a tensor, in an array of this realm.
 * @throws DtypeError for data in another array than the one of its type; ShapeError for another number of elements than the shape has;
 * ArgumentError for dimensions that are none, and for data that was handed over before
 */
export function dataOf(place: string, { dtype, shape, data: given }: AnyTensor): DataOf[Dtype] {
  const Type = Object.hasOwn(ARRAYS, dtype) ? ARRAYS[dtype] : wrong(place, `one of the types ${Object.keys(ARRAYS).join(', ')}`, showValue(dtype), { as: DtypeError });
  const data = asData(given, place);
  if (!(data instanceof Type)) {
    const hint = data || Array.isArray(given) ? 'tensor(data, shape) makes one of a list of numbers' : undefined;
    wrong(place, `${dtype} (a ${Type.name})`, typeName(given), { as: DtypeError, hint });
  }
  const elements = elementCount(shape, place);
  if (data.length !== elements) wrong(place, `data of ${elements} elements, as the shape ${showShape(shape)} has`, String(data.length), { as: ShapeError });
  return data;
}

function noTensor(place: string, value: unknown): never {
  const numbers = Array.isArray(value) || arrayKind(value) !== undefined;
  wrong(place, 'a tensor', showValue(value), { hint: numbers ? 'make one: tensor(data, shape)' : undefined });
}
