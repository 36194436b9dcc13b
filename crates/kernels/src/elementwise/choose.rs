//! One of two tensors, element by element, with broadcasting: a stride of 0 repeats a tensor along that
//! axis.

use super::binary::expand;
use crate::strided::merge;
use crate::team::{PASS, Team};

/// Output dimensions and, for the condition and both tensors, how far one step along each axis moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    dims: Vec<usize>,
    strides: [Vec<usize>; 3],
}

impl Choice {
    /// Merges axes as [`merge`] does, whose preconditions hold here too.
    pub fn new(dims: &[usize], strides: [&[usize]; 3]) -> Self {
        let (dims, strides) = merge(dims, strides);
        Choice { dims, strides }
    }

    /// Where the row has its first elements, `row` counted over all axes but the last.
    fn starts(&self, mut row: usize) -> [usize; 3] {
        let mut starts = [0; 3];
        for axis in (0..self.dims.len() - 1).rev() {
            let index = row % self.dims[axis];
            row /= self.dims[axis];
            for (start, strides) in starts.iter_mut().zip(&self.strides) {
                *start += index * strides[axis];
            }
        }
        starts
    }
}

/// Version 0: `y[i, j, ...] = a[i, j, ...]` where `condition[i, j, ...]` is not 0, else `b[i, j, ...]`.
pub fn reference(choice: &Choice, condition: &[f32], [a, b]: [&[f32]; 2], y: &mut [f32]) {
    let last = choice.dims.len() - 1;
    let row = choice.dims[last];
    for (i, y) in y.iter_mut().enumerate() {
        let [c, p, q] = choice.starts(i / row);
        let at = |start: usize, of: usize| start + i % row * choice.strides[of][last];
        *y = if condition[at(c, 0)] != 0.0 { a[at(p, 1)] } else { b[at(q, 2)] };
    }
}

/// Version 1: rows of the last axis. `condition`, `a` and `b` have the elements that their strides
/// reach; `y` is contiguous, dirty. A condition that is NaN is not 0.
#[inline(never)]
pub fn choose(choice: &Choice, condition: &[f32], [a, b]: [&[f32]; 2], y: &mut [f32], team: &Team) {
    let last = choice.dims.len() - 1;
    let row = choice.dims[last];
    let steps = [0, 1, 2].map(|i: usize| choice.strides[i][last]);
    team.split_rows(y, row, PASS * y.len(), |first, y| {
        for (i, y) in y.chunks_exact_mut(row).enumerate() {
            let [c, p, q] = choice.starts(first + i);
            expand(y, &b[q..], steps[2]);
            take(y, &condition[c..], steps[0], &a[p..], steps[1]);
        }
    });
}

/// Writes the elements of `a` whose condition holds.
#[inline(never)]
fn take(y: &mut [f32], condition: &[f32], step: usize, a: &[f32], a_step: usize) {
    match (step, a_step) {
        (0, _) if condition[0] == 0.0 => {}
        (0, _) => expand(y, a, a_step),
        (1, 1) => {
            for ((y, &c), &a) in y.iter_mut().zip(condition).zip(a) {
                *y = if c != 0.0 { a } else { *y };
            }
        }
        _ => {
            for (i, y) in y.iter_mut().enumerate() {
                *y = if condition[i * step] != 0.0 { a[i * a_step] } else { *y };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    fn check(dims: &[usize], strides: [&[usize]; 3]) {
        let choice = Choice::new(dims, strides);
        let reach = |strides: &[usize]| {
            1 + dims.iter().zip(strides).map(|(dim, stride)| (dim - 1) * stride).sum::<usize>()
        };
        let mut random = Random::new(7);
        let condition: Vec<f32> =
            (0..reach(strides[0])).map(|_| [0.0, 1.0, f32::NAN, -0.0][random.below(4)]).collect();
        let [a, b] = [1, 2].map(|i: usize| Random::new(i as u64).vector(reach(strides[i])));
        let len: usize = dims.iter().product();
        let mut expected = vec![f32::NAN; len];
        // By the definition itself, which knows no merged axes.
        for (i, y) in expected.iter_mut().enumerate() {
            let (mut rest, mut at) = (i, [0; 3]);
            for axis in (0..dims.len()).rev() {
                (0..3).for_each(|of| at[of] += rest % dims[axis] * strides[of][axis]);
                rest /= dims[axis];
            }
            *y = if condition[at[0]] != 0.0 { a[at[1]] } else { b[at[2]] };
        }
        let mut y = vec![f32::NAN; len];
        reference(&choice, &condition, [&a, &b], &mut y);
        assert_eq!(y, expected, "reference of {dims:?} {strides:?}");
        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
            let mut y = vec![f32::NAN; len];
            choose(&choice, &condition, [&a, &b], &mut y, &team);
            assert_eq!(y, expected, "{dims:?} {strides:?}, {} threads", team.threads());
        }
    }

    #[test]
    fn every_way_to_broadcast() {
        let whole = [20, 4, 1];
        let ways = [whole, [0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [5, 0, 1], [4, 1, 0]];
        for c in &ways {
            for a in &ways {
                for b in &ways {
                    check(&[3, 5, 4], [c, a, b]);
                    check(&[1, 1, 4], [c, a, b]);
                }
            }
        }
        check(&[1], [&[0], &[0], &[0]]);
        check(&[9], [&[2], &[3], &[1]]);
    }
}
