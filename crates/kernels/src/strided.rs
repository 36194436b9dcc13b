//! Dimensions of tensors of any rank, as ops outside the 4-D maps read them.

use crate::error::{Code, Error, checked_len};
use crate::program::reader::Reader;

/// Most dimensions a tensor may have: indices then live in a fixed array, without allocation.
pub const RANK_MAX: usize = 8;

/// Reads `rank dims[rank]` and returns the dimensions and their product.
///
/// Fails if the rank is 0 or above [`RANK_MAX`], a dimension is 0 or the product overflows.
pub fn decode_dims(words: &mut Reader<'_>, what: &str) -> Result<(Vec<usize>, usize), Error> {
    let rank = words.size()?;
    if rank == 0 || rank > RANK_MAX {
        let message = format!("{what} has {rank} dimensions, expected 1 to {RANK_MAX}");
        return Err(Error::new(Code::Shape, message));
    }
    let dims = (0..rank).map(|_| words.positive("dimension")).collect::<Result<Vec<_>, _>>()?;
    let len = checked_len(what, &dims)?;
    Ok((dims, len))
}
