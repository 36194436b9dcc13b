//! Which op code is decoded by which module: one line an op.

use super::step::Decode;

/// Op codes and their decoders. The codes are mirrored in `ts/plan/opcodes.ts`.
pub const DECODERS: &[(u32, Decode)] = &[];
