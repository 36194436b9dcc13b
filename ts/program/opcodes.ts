/** Op codes of the engine; `crates/program/src/registry.rs` has the same table. */
export const OPCODES = {
  conv2d: 1,
  convTranspose2d: 2,
  maxPool2d: 3,
  avgPool2d: 4,
  globalPool2d: 5,
  adaptiveAvgPool2d: 6,
  linear: 7,
  affine: 8,
  lrn: 9,
  unary: 10,
  prelu: 11,
  softmax: 12,
  binary: 13,
  concat: 14,
  transpose: 15,
  pad: 16,
  resize2d: 17,
  groupNorm: 18,
} as const;

/** Where a step has no such operand. */
export const NONE = 0xffff_ffff;

/** Kinds of activation and how many of the two parameters they use. */
export const ACTIVATIONS = {
  none: 0,
  relu: 1,
  clip: 2,
  leakyRelu: 3,
  sigmoid: 4,
  tanh: 5,
  silu: 6,
  hardSwish: 7,
  hardSigmoid: 8,
  gelu: 9,
  geluTanh: 10,
} as const;
