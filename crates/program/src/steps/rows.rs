//! Steps that transform the rows of a tensor, in place where the plan gave input and output the same
//! memory. Where the input lies elsewhere, each row is copied over just before, while it is in the
//! nearest cache.

use crate::memory::Memory;
use crate::step::ValueId;

/// Hands every row of `y`, holding the row of `x`, to `transform` together with the scratch memory.
/// The last row may be shorter than `row`.
pub fn transform_rows(
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
