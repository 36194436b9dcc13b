//! The three loops, kept as plain as the formula.

use super::{Dims, Epilogue};

/// `C[n][m] = clamp(sum over k of A[n][k] * B[m][k] + bias[m] + residual[n][m])`.
///
/// `a`: `[n]` rows of `k`, `lda` apart. `b`: `[m][k]`. `c`: `[n]` rows of `m`, `ldc` apart;
/// overwritten, never read. Costs `n * m * k` multiply-adds, each with two loads. The sum is kept
/// in f64, so that its error is one rounding and other versions can be measured against it.
pub fn gemm(dims: Dims, a: &[f32], b: &[f32], c: &mut [f32], epilogue: Epilogue<'_>) {
    let Dims { m, n, k, lda, ldc } = dims;
    for pixel in 0..n {
        for channel in 0..m {
            let mut sum = 0.0f64;
            for tap in 0..k {
                sum += f64::from(a[pixel * lda + tap]) * f64::from(b[channel * k + tap]);
            }
            let at = pixel * ldc + channel;
            c[at] = finish(sum, channel, at, epilogue);
        }
    }
}

/// Bias, residual and clamp of one element.
pub fn finish(sum: f64, channel: usize, at: usize, epilogue: Epilogue<'_>) -> f32 {
    let bias = epilogue.bias.map_or(0.0, |bias| bias[channel]);
    let residual = epilogue.residual.map_or(0.0, |residual| residual[at]);
    let value = sum as f32 + bias + residual;
    if value < epilogue.min {
        epilogue.min
    } else if value > epilogue.max {
        epilogue.max
    } else {
        value
    }
}
