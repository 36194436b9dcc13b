import { EngineError, ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { tensor } from '../../tensor/tensor.js';
import type { Tensor } from '../../tensor/tensor.js';
import { hostTensor } from '../form/tensors.js';
import type { HostTensor } from '../form/types.js';
import type { IndexCheck } from '../plan/segment.js';

/** @throws ShapeError that names the node, for what is no index of the axis */
export function checkIndices({ node, length }: IndexCheck, value: HostTensor | undefined): void {
  const outside = value?.data.find((index) => !(index >= -length && index < length));
  if (outside !== undefined) wrong(node.name, `indices of an axis of ${length}`, String(outside), { as: ShapeError });
}

/** A value as the engine takes it. */
export function floats(value: HostTensor | undefined, name: string): Tensor {
  if (!value) throw new EngineError(`${name}: not there when the engine needs it`, { place: name });
  const { shape, data } = value;
  return tensor(data instanceof Float32Array ? data : (hostTensor('float32', shape, data).data as Float32Array), shape);
}
