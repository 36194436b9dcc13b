//! Sums of the columns of a matrix, `y[c] = sum over n of x[n][c]`: the gradient of a bias.
//!
//! - [`naive`]: the loops.
//! - [`column_sums`]: blocks of [`BLOCK`] rows, whose sums are added pairwise (Higham 1993, "The
//!   accuracy of floating point summation"): the error grows with the logarithm of `n`. [`LANES`]
//!   rows are taken as one, so that vectors are whole however few columns there are.

use crate::error::{Error, checked_len};
use crate::gemm::lanes::{get, put};
use crate::simd::{Isa, LANES};

/// Rows of a block: a constant, so that the bits of a sum depend on nothing but `n`.
pub const BLOCK: usize = 64;

/// Scratch elements that [`column_sums`] needs: a row for each level of the tree, and a wide one.
/// Fails with [`crate::error::Code::Shape`] where memory cannot address them.
pub fn scratch_len(rows: usize, columns: usize) -> Result<usize, Error> {
    checked_len("sums of columns", &[levels(rows) + LANES, columns, size_of::<f32>()])?;
    Ok((levels(rows) + LANES) * columns)
}

fn levels(rows: usize) -> usize {
    (usize::BITS - rows.div_ceil(BLOCK).leading_zeros()) as usize
}

/// `y[c] = sum over n of x[n][c]`, by pairs of blocks.
///
/// `x`: `[N][C]`. `y`: `[C]`, overwritten; zeros where there are no rows. `scratch` holds
/// [`scratch_len`] elements.
///
/// # Panics
/// If `x` is no whole number of rows, or `scratch` is too short.
pub fn column_sums<I: Isa>(x: &[f32], y: &mut [f32], scratch: &mut [f32]) {
    let columns = y.len();
    if columns == 0 {
        return;
    }
    assert!(x.len() % columns == 0);
    let (wide, levels) = scratch.split_at_mut(LANES * columns);
    for (at, block) in x.chunks(BLOCK * columns).enumerate() {
        one_block::<I>(block, wide, y);
        // As in a binary counter, each carry adds a finished pair. A level holds the earlier half.
        let mut level = 0;
        while at >> level & 1 == 1 {
            add(y, &levels[level * columns..][..columns]);
            level += 1;
        }
        levels[level * columns..][..columns].copy_from_slice(y);
    }
    let blocks = x.len().div_ceil(BLOCK * columns);
    y.fill(0.0);
    for level in (0..usize::BITS as usize).filter(|level| blocks >> level & 1 == 1) {
        add(y, &levels[level * columns..][..columns]);
    }
}

/// The loops.
pub fn naive(x: &[f32], y: &mut [f32]) {
    let columns = y.len();
    for (column, y) in y.iter_mut().enumerate() {
        *y = x.iter().skip(column).step_by(columns).map(|&x| f64::from(x)).sum::<f64>() as f32;
    }
}

fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

/// Sums of at most [`BLOCK`] rows, in order of the rows of each lane.
fn one_block<I: Isa>(x: &[f32], wide: &mut [f32], y: &mut [f32]) {
    let (columns, row) = (y.len(), wide.len());
    let (whole, rest) = x.split_at(x.len() - x.len() % row);
    for (at, to) in wide.chunks_exact_mut(LANES).enumerate() {
        let mut sum = I::splat(0.0);
        for row in whole.chunks_exact(row) {
            sum = I::add(sum, get::<I>(&row[at * LANES..]));
        }
        put::<I>(sum, to);
    }
    y.fill(0.0);
    wide.chunks_exact(columns).for_each(|row| add(y, row));
    rest.chunks_exact(columns).for_each(|row| add(y, row));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Native;
    use crate::testing::{Random, assert_close};

    fn sums(x: &[f32], columns: usize) -> Vec<f32> {
        let rows = x.len() / columns;
        let mut y = vec![f32::NAN; columns];
        let mut scratch = vec![f32::NAN; scratch_len(rows, columns).unwrap()];
        column_sums::<Native>(x, &mut y, &mut scratch);
        y
    }

    #[test]
    fn agrees_with_the_loops() {
        for rows in [0, 1, 2, 3, 4, 5, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 7 * BLOCK + 5] {
            for columns in [1, 2, 3, 4, 5, 6, 8, 13] {
                let x = Random::new(5).vector(rows * columns);
                let mut expected = vec![f32::NAN; columns];
                naive(&x, &mut expected);
                assert_close(&sums(&x, columns), &expected, BLOCK);
            }
        }
    }

    /// A million terms of 0.1: summed one by one they are off by a thousandth.
    #[test]
    fn many_terms_lose_nothing() {
        let x = vec![0.1f32; 1 << 20];
        let exact = f64::from(0.1f32) * x.len() as f64;
        let error = (f64::from(sums(&x, 1)[0]) - exact).abs() / exact;
        assert!(error <= 40.0 * f64::from(f32::EPSILON), "{error}");
        let one_by_one = x.iter().sum::<f32>();
        assert!((f64::from(one_by_one) - exact).abs() / exact > 1e-4, "the test shows nothing");
    }

    #[test]
    fn a_nan_stays_in_its_column() {
        let mut x = vec![1.0; 9 * 3];
        x[4] = f32::NAN;
        let y = sums(&x, 3);
        assert!(y[1].is_nan());
        assert_eq!([y[0], y[2]], [9.0, 9.0]);
    }

    #[test]
    fn too_many_are_refused() {
        assert!(scratch_len(1, usize::MAX / 4).is_err());
    }
}
