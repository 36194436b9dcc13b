// Tensors: the one function that makes them, and their types.
export { tensor } from '../../tensor/tensor.js';
export type { AnyTensor, DataOf, Dtype, DtypeOf, NestedNumbers, Tensor, TensorLike } from '../../tensor/tensor.js';
