//! Transposition of the last two of three axes.
//!
//! NCHW to NHWC is `outer = N, rows = C, cols = H * W`; the way back swaps rows and cols.

/// Side of the square that is moved at once: 16 rows of one cache line each.
const TILE: usize = 16;

/// Version 0: `y[o, c, r] = x[o, r, c]`, one element at a time; shapes as in [`transpose`].
pub fn reference(rows: usize, cols: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let (o, c, r) = (i / (rows * cols), i / rows % cols, i % rows);
        *y = x[(o * rows + r) * cols + c];
    }
}

/// The planes of an image become pixels: all rows are read side by side, and written in order.
fn few_rows<const R: usize>(cols: usize, x: &[f32], y: &mut [f32]) {
    let rows: [&[f32]; R] = core::array::from_fn(|row| &x[row * cols..][..cols]);
    for (col, to) in y.chunks_exact_mut(R).enumerate() {
        for (to, row) in to.iter_mut().zip(rows) {
            *to = row[col];
        }
    }
}

/// Version 1: square tiles, so that every cache line read or written is used whole before it is
/// evicted, though one side goes against the grain; a few rows at once.
///
/// `x` is `[outer, rows, cols]`, `y` is `[outer, cols, rows]`, with `outer` given by the lengths.
#[inline(never)]
pub fn transpose(rows: usize, cols: usize, x: &[f32], y: &mut [f32]) {
    debug_assert_eq!(x.len(), y.len());
    for (x, y) in x.chunks_exact(rows * cols).zip(y.chunks_exact_mut(rows * cols)) {
        match rows {
            2 => few_rows::<2>(cols, x, y),
            3 => few_rows::<3>(cols, x, y),
            4 => few_rows::<4>(cols, x, y),
            _ => tiles(rows, cols, x, y),
        }
    }
}

fn tiles(rows: usize, cols: usize, x: &[f32], y: &mut [f32]) {
    for first_row in (0..rows).step_by(TILE) {
        let tile_rows = TILE.min(rows - first_row);
        for first_col in (0..cols).step_by(TILE) {
            for col in first_col..cols.min(first_col + TILE) {
                let to = &mut y[col * rows + first_row..][..tile_rows];
                let from = x[first_row * cols + col..].iter().step_by(cols);
                to.iter_mut().zip(from).for_each(|(to, &from)| *to = from);
            }
        }
    }
}
