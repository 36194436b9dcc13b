//! The plain product: the loops of [`super::naive`] in the order that memory likes.

use super::Epilogue;
use super::naive::finish;
use crate::matrix::MatMut;

/// `C[n][m] = clamp(sum over k of A[n][k] * B[k][m] + bias[m] + residual[n][m])`.
///
/// `a`: `[n][k]`, as many rows as `c` has. `b`: `[k][m]`. `c`: `[n][m]`; overwritten, never read
/// before it is written. The channels are the innermost loop, so that all three matrices are read
/// in the order of memory, and the sums of a pixel do not wait for each other. It names no vectors,
/// but the compiler makes some of that loop where the variant has them. Costs `n * m * k`
/// multiply-adds, each with two loads and a store. Sums in f32, in the order of `k`.
///
/// # Panics
/// If `a`, a bias or a residual is too short; `k` follows from the length of `b`.
pub fn gemm(a: &[f32], b: &[f32], c: &mut MatMut<'_>, epilogue: Epilogue<'_>) {
    let (n, m) = (c.rows(), c.cols());
    if n == 0 || m == 0 {
        return;
    }
    let k = b.len() / m;
    for pixel in 0..n {
        let c = c.row(pixel);
        c.fill(0.0);
        for (a, b) in a[pixel * k..][..k].iter().zip(b.chunks_exact(m)) {
            for (c, b) in c.iter_mut().zip(b) {
                *c += a * b;
            }
        }
        for (channel, c) in c.iter_mut().enumerate() {
            *c = finish(*c, pixel, channel, epilogue);
        }
    }
}
