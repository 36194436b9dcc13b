//! Sums over rows, shared out to threads and yet always the same.
//!
//! Rows are cut into at most `BLOCKS` runs, whose length follows from the number of rows alone. A
//! run is summed by one thread from start to end, and the sums of runs are added in pairs, pairs of
//! pairs and so on.

use crate::team::Team;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Runs at the most.
const BLOCKS: usize = 64;

/// Multiply-adds that an element is taken to cost.
const COST: usize = 16;

/// Calls `work(first, rows)` for runs of whole rows of `grad`, of `row` elements each and of at
/// least `least` rows but for the last run, and returns the sum of what it returns.
pub(crate) fn sum_rows(
    team: &Team,
    grad: &mut [f32],
    row: usize,
    least: usize,
    work: impl Fn(usize, &mut [f32]) -> f64 + Sync,
) -> f64 {
    let per = (grad.len() / row).div_ceil(BLOCKS).max(least);
    let (len, cost) = (per * row, grad.len() * COST);
    let sums = [const { AtomicU64::new(0) }; BLOCKS];
    let (whole, rest) = grad.split_at_mut(grad.len() / len * len);
    let count = whole.len() / len;
    if count > 0 {
        team.split_rows(whole, len, cost, |first, runs| {
            for (i, run) in runs.chunks_exact_mut(len).enumerate() {
                let sum = work((first + i) * per, run);
                sums[first + i].store(sum.to_bits(), Relaxed);
            }
        });
    }
    if !rest.is_empty() {
        sums[count].store(work(count * per, rest).to_bits(), Relaxed);
    }
    tree(&sums.map(|sum| f64::from_bits(sum.into_inner())))
}

/// The sum, by halves.
fn tree(values: &[f64]) -> f64 {
    match values {
        [] => 0.0,
        [value] => *value,
        _ => {
            let (left, right) = values.split_at(values.len() / 2);
            tree(left) + tree(right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_once_and_the_same_sum_on_any_number_of_threads() {
        for rows in [0, 1, 2, 63, 64, 65, 127, 128, 1000, 4096, 4097] {
            for (row, least) in [(1, 1), (3, 1), (1, 100), (2, 64)] {
                let run = |threads| {
                    let mut grad = vec![f32::NAN; rows * row];
                    let team = Team::eager(threads);
                    let sum = sum_rows(&team, &mut grad, row, least, |first, run| {
                        run.chunks_exact_mut(row).enumerate().fold(0.0, |sum, (i, run)| {
                            run.fill((first + i) as f32);
                            sum + 1.0 / (1.0 + (first + i) as f64)
                        })
                    });
                    (grad, sum)
                };
                let (grad, sum) = run(1);
                for (i, &value) in grad.iter().enumerate() {
                    assert_eq!(value, (i / row) as f32, "{rows} rows of {row}");
                }
                let expected: f64 = (1..=rows).map(|i| 1.0 / i as f64).sum();
                assert!((sum - expected).abs() <= 1e-12, "{rows} rows: {sum}, {expected}");
                for threads in [2, 3] {
                    assert_eq!(run(threads), (grad.clone(), sum), "{rows} rows of {row}");
                }
            }
        }
    }
}
