//! Steps that transform the rows of a tensor, in place where the plan gave input and output the same
//! memory. Where the input lies elsewhere, rows are copied over just before, while they are in the
//! nearest cache.

use crate::memory::Memory;
use crate::step::ValueId;
use receptive_kernels::elementwise::CHUNK;
use receptive_kernels::team::PASS;

/// Hands all rows of `y`, holding those of `x`, to `transform`, some whole ones at a time, on all
/// threads. A row has `row` elements; `x` and `y` are as long, or the same memory.
pub fn transform_rows(
    memory: &mut Memory,
    (x, y): (ValueId, ValueId),
    row: usize,
    transform: &(dyn Fn(&mut [f32]) + Sync),
) {
    let (in_place, team) = (memory.in_place(x, y), memory.team());
    let (rest, out, _) = memory.write(y);
    let input = (!in_place).then(|| rest.value(x));
    let some = (CHUNK / row).max(1) * row;
    team.split_rows(out, row, PASS * out.len(), |first, out| {
        for (at, out) in out.chunks_mut(some).enumerate() {
            if let Some(input) = input {
                out.copy_from_slice(&input[first * row + at * some..][..out.len()]);
            }
            transform(out);
        }
    });
}
