//! Which op code is decoded by which module: one line an op.

use super::step::Decode;
use crate::elementwise::{binary, prelu, unary};
use crate::movement::{concat, pad, transpose};
use crate::norm::{affine, group, lrn};
use crate::pool::{adaptive, avg, global, max};
use crate::{conv_transpose2d, conv2d, linear, resize, softmax};

/// Op codes and their decoders. The codes are mirrored in `ts/program/opcodes.ts`.
pub const DECODERS: &[(u32, Decode)] = &[
    (1, conv2d::decode),
    (2, conv_transpose2d::decode),
    (3, max::decode),
    (4, avg::decode),
    (5, global::decode),
    (6, adaptive::decode),
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
    (17, resize::decode),
    (18, group::decode),
];
