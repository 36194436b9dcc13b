//! The three loops, kept as plain as the formula.

use super::Epilogue;
use super::left::Left;
use crate::matrix::MatMut;

/// `C[n][m] = clamp(sum over k of A[n][k] * B[m][k] + bias[m] + residual[n][m])`.
///
/// `a`: as many rows as `c` has. `b`: `[m][k]`. `c`: `[n][m]`; overwritten, never read. Costs
/// `n * m * k` multiply-adds, each with two loads. The sum is kept in f64, so that its error is
/// one rounding and other versions can be measured against it.
pub fn gemm(a: &Left<'_>, b: &[f32], c: &mut MatMut<'_>, epilogue: Epilogue<'_>) {
    let (k, mut walk) = (a.taps.count(), a.walk);
    for pixel in 0..c.rows() {
        let start = walk.step();
        for (channel, c) in c.row(pixel).iter_mut().enumerate() {
            let mut sum = 0.0f64;
            for (a, b) in a.row(start).zip(&b[channel * k..]) {
                sum += f64::from(a) * f64::from(*b);
            }
            *c = finish(sum as f32, pixel, channel, epilogue);
        }
    }
}

/// Bias, residual and clamp of one element.
pub fn finish(sum: f32, pixel: usize, channel: usize, epilogue: Epilogue<'_>) -> f32 {
    let bias = epilogue.bias.map_or(0.0, |bias| bias[channel]);
    let residual = epilogue.residual.map_or(0.0, |residual| residual.row(pixel)[channel]);
    let value = sum + bias + residual;
    if value < epilogue.min {
        epilogue.min
    } else if value > epilogue.max {
        epilogue.max
    } else {
        value
    }
}
