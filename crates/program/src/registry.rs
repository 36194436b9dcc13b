//! Which op code is decoded by which module: one line an op.

use crate::step::Decode;
use crate::steps::{
    adaptive_avg_pool2d, affine, avg_pool2d, binary, concat, conv_transpose2d, conv2d,
    global_pool2d, group_norm, linear, lrn, max_pool2d, pad, prelu, resize2d, softmax, transpose,
    unary,
};

/// Op codes and their decoders. The codes are mirrored in `ts/plan/opcodes.ts`.
pub const DECODERS: &[(u32, Decode)] = &[
    (1, conv2d::decode),
    (2, conv_transpose2d::decode),
    (3, max_pool2d::decode),
    (4, avg_pool2d::decode),
    (5, global_pool2d::decode),
    (6, adaptive_avg_pool2d::decode),
    (7, linear::decode),
    (8, affine::decode),
    (9, lrn::decode),
    (10, unary::decode),
    (11, prelu::decode),
    (12, softmax::decode),
    (13, binary::decode),
    (14, concat::decode),
    (15, transpose::decode),
    (16, pad::decode),
    (17, resize2d::decode),
    (18, group_norm::decode),
];
