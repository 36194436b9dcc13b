//! Tensors of any rank, outside the 4-D maps.

/// Most dimensions a tensor may have: indices then live in a fixed array, without allocation.
pub const RANK_MAX: usize = 8;
