//! Elements that indices name, which are values themselves. An index below 0 counts from the end, a
//! fraction is cut off; what is outside of the axis is the nearest end, and NaN the first element.

use crate::team::{PASS, Team};

/// The place that an index names on an axis: from its end where negative, and inside in any case.
fn place(index: f32, axis: usize) -> usize {
    let from_end = if index < 0.0 { index + axis as f32 } else { index };
    (from_end as usize).min(axis - 1)
}

/// Version 0: `y[o, k, i] = x[o, indices[k], i]`, one element at a time. `x` is `[outer, axis, inner]`,
/// `y` is `[outer, indices, inner]`.
pub fn reference(axis: usize, inner: usize, x: &[f32], indices: &[f32], y: &mut [f32]) {
    for (at, y) in y.iter_mut().enumerate() {
        let (o, k, i) = (at / inner / indices.len(), at / inner % indices.len(), at % inner);
        *y = x[(o * axis + place(indices[k], axis)) * inner + i];
    }
}

/// Version 1: runs of the dimensions behind the axis. Whole numbers are exact in f32 up to 2^24,
/// which no `axis` may be above; `axis` and `inner` are at least 1. Shapes as in [`reference()`];
/// `y` is dirty.
#[inline(never)]
pub fn gather(axis: usize, inner: usize, x: &[f32], indices: &[f32], y: &mut [f32], team: &Team) {
    team.split_rows(y, inner, PASS * y.len(), |first, y| {
        for (row, y) in (first..).zip(y.chunks_exact_mut(inner)) {
            let (o, k) = (row / indices.len(), row % indices.len());
            let from = (o * axis + place(indices[k], axis)) * inner;
            y.copy_from_slice(&x[from..][..inner]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn indices_of_every_sign_and_size() {
        for outer in [1, 3] {
            for axis in [1, 2, 7] {
                for inner in [1, 4, 5] {
                    let x = Random::new(axis as u64).vector(outer * axis * inner);
                    let last = axis as f32 - 1.0;
                    for indices in [vec![0.0], vec![last, 0.0, -1.0, -last - 1.0, last, 0.0]] {
                        let mut expected = vec![f32::NAN; outer * indices.len() * inner];
                        reference(axis, inner, &x, &indices, &mut expected);
                        for team in [Team::SOLO, Team::eager(2), Team::eager(3)] {
                            let mut y = vec![f32::NAN; expected.len()];
                            gather(axis, inner, &x, &indices, &mut y, &team);
                            assert_eq!(y, expected, "{indices:?} of {axis} by {inner}");
                        }
                    }
                }
            }
        }
        let mut y = [f32::NAN; 4];
        gather(3, 1, &[5.0, 6.0, 7.0], &[2.0, -1.0, -3.0, 1.0], &mut y, &Team::SOLO);
        assert_eq!(y, [7.0, 7.0, 5.0, 6.0]);
    }

    #[test]
    fn what_lies_outside_is_brought_inside() {
        let mut y = [f32::NAN; 4];
        gather(2, 1, &[5.0, 6.0], &[9.0, -9.0, f32::NAN, 1e30], &mut y, &Team::SOLO);
        assert_eq!(y, [6.0, 5.0, 5.0, 6.0]);
    }
}
