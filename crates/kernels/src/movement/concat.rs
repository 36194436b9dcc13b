//! Concatenation.

/// Version 0: `y[o, j] = x_k[o, j - start_k]` for the input `k` whose chunk holds column `j`, one
/// element at a time. Input `k` is `[outer, chunk_k]`, `y` is `[outer, sum of chunks]`.
pub fn reference(inputs: &[(&[f32], usize)], y: &mut [f32]) {
    let row: usize = inputs.iter().map(|(_, chunk)| chunk).sum();
    for (i, y) in y.iter_mut().enumerate() {
        let (o, mut column) = (i / row, i % row);
        for &(x, chunk) in inputs {
            if column < chunk {
                *y = x[o * chunk + column];
                break;
            }
            column -= chunk;
        }
    }
}

/// Version 1, for one input: copies its `chunk` contiguous elements into each row of `y`, which has
/// `row` elements, from column `start` on.
#[inline(never)]
pub fn place(x: &[f32], chunk: usize, y: &mut [f32], row: usize, start: usize) {
    debug_assert_eq!(x.len() / chunk, y.len() / row);
    for (from, to) in x.chunks_exact(chunk).zip(y.chunks_exact_mut(row)) {
        to[start..start + chunk].copy_from_slice(from);
    }
}
