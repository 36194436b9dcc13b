//! A range of columns taken out of each row: what concatenation puts together, taken apart again.

use crate::team::{PASS, Team};

/// Version 0: `y[o, j] = x[o, start + j]`, one element at a time. `x` is `[outer, row]`, `y` is
/// `[outer, chunk]`.
pub fn reference(x: &[f32], row: usize, start: usize, chunk: usize, y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        *y = x[i / chunk * row + start + i % chunk];
    }
}

/// Version 1: rows of `chunk` contiguous elements of `x`, which has `row` a row, from column `start`
/// on. The gradient of one input of a concatenation as well.
///
/// `x`: `[outer, row]`; `y`: `[outer, chunk]`, dirty. `start + chunk` is at most `row`.
#[inline(never)]
pub fn slice(x: &[f32], row: usize, start: usize, chunk: usize, y: &mut [f32], team: &Team) {
    let cost = PASS * y.len();
    team.split_rows(y, chunk, cost, |first, y| {
        let rows = x[first * row..].chunks_exact(row);
        for (y, x) in y.chunks_exact_mut(chunk).zip(rows) {
            y.copy_from_slice(&x[start..start + chunk]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::movement::concat::reference as concat;
    use crate::testing::Random;

    #[test]
    fn each_input_of_a_concatenation_comes_back() {
        for (outer, chunks) in [(0, vec![2, 1]), (1, vec![3]), (5, vec![1, 4, 2]), (9, vec![16, 7])]
        {
            let row: usize = chunks.iter().sum();
            let inputs: Vec<Vec<f32>> = chunks
                .iter()
                .map(|&chunk| Random::new(chunk as u64).vector(outer * chunk))
                .collect();
            let mut whole = vec![f32::NAN; outer * row];
            let pairs: Vec<_> = inputs.iter().map(|x| &x[..]).zip(chunks.iter().copied()).collect();
            concat(&pairs, &mut whole);
            let mut start = 0;
            for (x, chunk) in pairs {
                let mut expected = vec![f32::NAN; x.len()];
                reference(&whole, row, start, chunk, &mut expected);
                assert_eq!(expected, x);
                for team in [Team::SOLO, Team::eager(3)] {
                    let mut y = vec![f32::NAN; x.len()];
                    slice(&whole, row, start, chunk, &mut y, &team);
                    assert_eq!(y, x);
                }
                start += chunk;
            }
        }
    }
}
