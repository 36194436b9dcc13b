//! Lesson 4: operands packed in the order in which they are read, and vectors written out.
//!
//! **What it buys**: 1.25 times faster than register tile; 1.7 times with 512 channels.
//!
//! At each k, lesson 3's tile reads four rows of weights K apart and a part of a row of the block:
//! five distant places. Packed as *panels*, in its own order, they are two streams:
//! ```text
//!     weights [M][K]                   panels [M/4][K][4]
//!     a0 a1 a2 ...
//!     b0 b1 b2 ...         pack        a0 b0 c0 d0  a1 b1 c1 d1  a2 b2 c2 d2 ...
//!     c0 c1 c2 ...       ------->      e0 ...
//!     d0 d1 d2 ...                     the block as [NB/8][K][8]: im2col of 8 columns at a time
//!
//!     weights at k    a b c d          each copied to the 4 lanes of a vector
//!     pixels at k     0 1 2 3 4 5 6 7  two vectors        (4 * 2 sums of 4 lanes)
//! ```
//!
//! The arithmetic is that of lesson 3 in [`F32x4`]: one instruction for four numbers. There the
//! compiler found most of them; here they are certain. The product packs weights once, when a model
//! is loaded, and reads pixels where they lie in the image.

use crate::lesson3_register_tile::{COLUMNS, NB, ROWS};
use crate::{Shape, lanes::F32x4, lesson1_im2col::im2col};

/// As lesson 3, with M * K more elements of scratch.
pub fn conv(s: &Shape, x: &[f32], weights: &[f32], bias: &[f32], y: &mut [f32]) {
    let (k_len, n_len) = (s.k(), s.n());
    let a = pack(weights, s.oc, k_len);
    let mut b = vec![0.0; k_len * NB];
    for n0 in (0..n_len).step_by(NB) {
        let nb = NB.min(n_len - n0);
        for n in (0..nb).step_by(COLUMNS) {
            im2col(s, x, n0 + n..n0 + n + COLUMNS, &mut b[n * k_len..]);
        }
        product(&a, &b, [s.oc, k_len, nb], |m, n, sum| y[m * n_len + n0 + n] = bias[m] + sum);
    }
}

/// Hands every element of the product of two packed matrices, M x K and K x N, to `store`.
pub fn product(
    a: &[f32],
    b: &[f32],
    [m_len, k_len, n_len]: [usize; 3],
    mut store: impl FnMut(usize, usize, f32),
) {
    for m in (0..m_len).step_by(ROWS) {
        for n in (0..n_len).step_by(COLUMNS) {
            let sums = tile(&a[m * k_len..][..ROWS * k_len], &b[n * k_len..][..COLUMNS * k_len]);
            for i in 0..ROWS.min(m_len - m) {
                for j in 0..COLUMNS.min(n_len - n) {
                    store(m + i, n + j, sums[i][j / 4][j % 4]);
                }
            }
        }
    }
}

/// `[M][K]` as `[M / 4][K][4]`; rows that fill up the last panel are zero.
pub fn pack(a: &[f32], m_len: usize, k_len: usize) -> Vec<f32> {
    let mut panels = vec![0.0; m_len.next_multiple_of(ROWS) * k_len];
    for m in 0..m_len {
        for k in 0..k_len {
            panels[(m / ROWS * k_len + k) * ROWS + m % ROWS] = a[m * k_len + k];
        }
    }
    panels
}

/// `sum over k of a[k][i] * b[k][j]` of one panel each, columns as two times four.
fn tile(a: &[f32], b: &[f32]) -> [[[f32; 4]; 2]; ROWS] {
    let mut sums = [[F32x4::splat(0.0); 2]; ROWS];
    for (a, b) in a.chunks_exact(ROWS).zip(b.chunks_exact(COLUMNS)) {
        let b = [F32x4::load(&b[..4]), F32x4::load(&b[4..])];
        for i in 0..ROWS {
            let a = F32x4::splat(a[i]);
            sums[i] = [sums[i][0].add_product(a, b[0]), sums[i][1].add_product(a, b[1])];
        }
    }
    sums.map(|row| row.map(F32x4::to_array))
}
