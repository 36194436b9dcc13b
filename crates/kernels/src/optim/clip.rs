//! The norm of all gradients (Pascanu et al. 2013, arXiv 1211.5063), and a look for what is not
//! finite.

use crate::team::{PASS, Rows, Team};

/// Elements whose squares are summed apart, whatever the number of threads.
const BLOCK: usize = 4096;

/// Lanes of a block's sum.
const LANES: usize = 8;

/// Elements of scratch, in f64, that [`sum_of_squares`] needs.
pub fn partials_len(len: usize) -> usize {
    len.div_ceil(BLOCK)
}

/// The sum of squares of one gradient, in f64; those of all parameters, added in their order, are
/// the square of the norm. `partials`: [`partials_len`] elements, dirty.
pub fn sum_of_squares(g: &[f32], partials: &mut [f64], team: &Team) -> f64 {
    let partials = &mut partials[..partials_len(g.len())];
    team.share(partials.len(), PASS * g.len(), Rows::new(&mut *partials, 1), |range, partials| {
        let blocks = g[range.start * BLOCK..].chunks(BLOCK);
        for (partial, block) in partials.values.iter_mut().zip(blocks) {
            *partial = block_sum(block);
        }
    });
    partials.iter().sum()
}

fn block_sum(block: &[f32]) -> f64 {
    let mut lanes = [0.0f64; LANES];
    let rows = block.chunks_exact(LANES);
    let rest = rows.remainder();
    for row in rows {
        for (lane, &x) in lanes.iter_mut().zip(row) {
            *lane += f64::from(x) * f64::from(x);
        }
    }
    let rest: f64 = rest.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    lanes.iter().sum::<f64>() + rest
}

/// What gradients are multiplied by so that their norm is at most `most`:
/// `min(1, most / (norm + 1e-6))`. NaN if the norm is, 0 if it is infinite.
pub fn coefficient(norm: f64, most: f64) -> f32 {
    let ratio = most / (norm + 1e-6);
    if ratio > 1.0 { 1.0 } else { ratio as f32 }
}

/// `x *= factor`
pub fn scale(x: &mut [f32], factor: f32) {
    x.iter_mut().for_each(|x| *x *= factor);
}

/// The index of the first element that is infinite or NaN.
pub fn first_non_finite(x: &[f32]) -> Option<usize> {
    // All ones in the exponent; a block is looked at without leaving early, as vector code.
    const EXPONENT: u32 = 0x7F80_0000;
    let is_bad = |x: &f32| x.to_bits() & EXPONENT == EXPONENT;
    let bad =
        x.chunks(BLOCK).position(|block| block.iter().fold(false, |bad, x| bad | is_bad(x)))?;
    let start = bad * BLOCK;
    x[start..].iter().position(is_bad).map(|at| start + at)
}
