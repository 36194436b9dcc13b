//! Sums of the columns of a matrix, `y[c] = sum over n of x[n][c]`: the gradient of a bias.
//!
//! - [`naive`]: the loops.
//! - [`column_sums`]: blocks of [`BLOCK`] rows, whose sums are added pairwise (Higham 1993, "The
//!   accuracy of floating point summation"): the error grows with the logarithm of `n`. [`LANES`]
//!   rows are taken as one, so that vectors are whole however few columns there are. Chunks of
//!   `CHUNK` blocks, which are whole subtrees, are shared out.

use crate::error::{Error, checked_len};
use crate::gemm::lanes::{get, put};
use crate::simd::{Isa, LANES};
use crate::team::{PASS, Rows, Team};

/// Rows of a block: a constant, so that the bits of a sum depend on nothing but `n`.
pub const BLOCK: usize = 64;

/// Blocks of a chunk, a power of two.
const CHUNK: usize = 16;

/// Rows of scratch of a chunk: its sum, a wide row, and one for each level of its tree.
const CHUNK_ROWS: usize = 1 + LANES + (CHUNK.ilog2() + 1) as usize;

/// Scratch elements that [`column_sums`] needs: for each chunk, and a row for each level of the tree
/// above. Fails with [`crate::error::Code::Shape`] where memory cannot address them.
pub fn scratch_len(rows: usize, columns: usize) -> Result<usize, Error> {
    let chunks = rows.div_ceil(BLOCK * CHUNK);
    let rows = checked_len("sums of columns", &[chunks, CHUNK_ROWS])? + levels(chunks);
    checked_len("sums of columns", &[rows, columns, size_of::<f32>()])?;
    Ok(rows * columns)
}

fn levels(count: usize) -> usize {
    (usize::BITS - count.leading_zeros()) as usize
}

/// `y[c] = sum over n of x[n][c]`, by pairs of blocks.
///
/// `x`: `[N][C]`. `y`: `[C]`, overwritten; zeros where there are no rows. `scratch` holds
/// [`scratch_len`] elements.
///
/// # Panics
/// If `x` is no whole number of rows, or `scratch` is too short.
pub fn column_sums<I: Isa>(x: &[f32], y: &mut [f32], scratch: &mut [f32], team: &Team) {
    let columns = y.len();
    if columns == 0 {
        return;
    }
    assert!(x.len() % columns == 0);
    let (chunk, stride) = (CHUNK * BLOCK * columns, CHUNK_ROWS * columns);
    let chunks = x.len().div_ceil(chunk);
    let (own, levels) = scratch.split_at_mut(chunks * stride);
    team.share(chunks, PASS * x.len(), Rows::new(&mut *own, stride), |range, own| {
        for (x, own) in x[range.start * chunk..].chunks(chunk).zip(own.values.chunks_mut(stride)) {
            one_chunk::<I>(x, columns, own);
        }
    });
    // The last chunk, unless it is whole, ends the sum as the blocks in it do.
    let whole = x.len() / chunk;
    let rest = own.get(whole * stride..).and_then(|rest| rest.get(..columns));
    by_pairs(whole, y, levels, |at, y| y.copy_from_slice(&own[at * stride..][..columns]), rest);
}

/// The sum of at most [`CHUNK`] blocks, which comes first in `scratch`, [`CHUNK_ROWS`] rows.
fn one_chunk<I: Isa>(x: &[f32], columns: usize, scratch: &mut [f32]) {
    let (sum, scratch) = scratch.split_at_mut(columns);
    let (wide, levels) = scratch.split_at_mut(LANES * columns);
    let blocks = x.len().div_ceil(BLOCK * columns);
    let block = |at: usize, sum: &mut [f32]| {
        let first = at * BLOCK * columns;
        one_block::<I>(&x[first..(first + BLOCK * columns).min(x.len())], wide, sum);
    };
    by_pairs(blocks, sum, levels, block, None);
}

/// Sums `count` rows, each of which `row` writes, as a binary counter counts: each carry adds a
/// finished pair. A level holds the earlier half. What is left is added to `rest`, smallest first.
fn by_pairs(
    count: usize,
    sum: &mut [f32],
    levels: &mut [f32],
    mut row: impl FnMut(usize, &mut [f32]),
    rest: Option<&[f32]>,
) {
    let columns = sum.len();
    for at in 0..count {
        row(at, sum);
        let mut level = 0;
        while at >> level & 1 == 1 {
            add(sum, &levels[level * columns..][..columns]);
            level += 1;
        }
        levels[level * columns..][..columns].copy_from_slice(sum);
    }
    match rest {
        Some(rest) => sum.copy_from_slice(rest),
        None => sum.fill(0.0),
    }
    for level in (0..usize::BITS as usize).filter(|level| count >> level & 1 == 1) {
        add(sum, &levels[level * columns..][..columns]);
    }
}

/// The loops, `x` `[N][C]` to `y` `[C]`, overwritten.
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
        let sums = |team: &Team| {
            let mut y = vec![f32::NAN; columns];
            let mut scratch = vec![f32::NAN; scratch_len(rows, columns).unwrap()];
            column_sums::<Native>(x, &mut y, &mut scratch, team);
            y
        };
        let y = sums(&Team::SOLO);
        for threads in [2, 3] {
            let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&sums(&Team::eager(threads))), bits(&y), "{threads} threads");
        }
        y
    }

    #[test]
    fn agrees_with_the_loops() {
        let near = [0, 1, 2, 3, 4, 5, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 7 * BLOCK + 5];
        let far = [CHUNK * BLOCK, CHUNK * BLOCK + 1, 3 * CHUNK * BLOCK + 5 * BLOCK + 1];
        for rows in near.into_iter().chain(far) {
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
