//! Which op code is decoded by which module: one line an op.

use super::step::Decode;
use crate::{conv_transpose2d, conv2d, linear};

/// Op codes and their decoders. The codes are mirrored in `ts/plan/opcodes.ts`.
pub const DECODERS: &[(u32, Decode)] =
    &[(1, conv2d::decode), (2, conv_transpose2d::decode), (7, linear::decode)];
