//! Ops that treat each element by itself.
//!
//! - [`unary`]: an activation as a step of its own, and plain copies;
//! - [`prelu`]: leaky ReLU with a learned slope per channel;
//! - [`binary`]: sum, product or quotient of two tensors, broadcast as in NumPy;
//! - [`backward`]: the gradients of `binary`, and sums of gradients.
//!
//! Each file has the formula as `reference` (version 0) and a kernel over contiguous rows
//! (version 1), whose inner loop is a plain zip of slices that compiles to vector code.
//!
//! All of them work in place when the plan gave input and output the same memory: the kernel always
//! transforms the output's rows, and if the input lives elsewhere, each row is copied over just
//! before, while it is in the nearest cache.

pub mod backward;
pub mod binary;
pub mod prelu;
pub mod unary;

use crate::program::memory::Memory;
use crate::program::step::ValueId;

/// Rows of a step without a natural row length: long enough for the loop overhead not to count,
/// short enough for the copy to stay in the nearest cache.
pub(crate) const CHUNK: usize = 2048;

/// Hands every row of `y`, holding the row of `x`, to `transform` together with the scratch memory.
/// The last row may be shorter than `row`.
pub(crate) fn transform_rows(
    memory: &mut Memory,
    x: ValueId,
    y: ValueId,
    row: usize,
    mut transform: impl FnMut(&mut [f32], &mut [f32]),
) {
    let in_place = memory.in_place(x, y);
    let (rest, out, scratch) = memory.write(y);
    if in_place {
        for out in out.chunks_mut(row) {
            transform(out, scratch);
        }
        return;
    }
    for (out, input) in out.chunks_mut(row).zip(rest.value(x).chunks(row)) {
        out.copy_from_slice(input);
        transform(out, scratch);
    }
}
