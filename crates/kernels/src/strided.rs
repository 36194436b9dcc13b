//! Tensors of any rank, outside the 4-D maps.

/// Most dimensions a tensor may have: indices then live in a fixed array, without allocation.
pub const RANK_MAX: usize = 8;

/// Merges axes that can be one longer loop, those along which each of `N` operands moves as the output does;
/// the last axis becomes as long as possible.
///
/// `strides` has for each operand how far one step along each axis moves in it, 0 where it is repeated. All
/// lists have the same length; each dimension is at least 1. The result has at least one axis.
pub fn merge<const N: usize>(
    dims: &[usize],
    strides: [&[usize]; N],
) -> (Vec<usize>, [Vec<usize>; N]) {
    let (mut merged, mut steps) = (vec![1], core::array::from_fn(|_| vec![0]));
    for (axis, &dim) in dims.iter().enumerate().filter(|(_, dim)| **dim > 1) {
        let last = merged.len() - 1;
        // An outer axis goes on where the inner one ends.
        let goes_on = (0..N).all(|i| strides[i][axis].checked_mul(dim) == Some(steps[i][last]));
        if merged[last] == 1 || goes_on {
            merged[last] *= dim;
        } else {
            merged.push(dim);
        }
        for (steps, strides) in steps.iter_mut().zip(strides) {
            steps.truncate(merged.len() - 1);
            steps.push(strides[axis]);
        }
    }
    (merged, steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_alike_is_one_axis() {
        let dims = [2, 1, 3, 4];
        assert_eq!(merge(&dims, [&[12, 7, 4, 1]]), (vec![24], [vec![1]]));
        assert_eq!(merge(&dims, [&[0, 0, 0, 0]]), (vec![24], [vec![0]]));
        let apart = merge(&dims, [&[12, 12, 4, 1], &[0, 0, 4, 1]]);
        assert_eq!(apart, (vec![2, 12], [vec![12, 1], vec![0, 1]]));
        assert_eq!(merge(&[1, 1], [&[5, 5]]), (vec![1], [vec![0]]));
        assert_eq!(merge(&[2, 2], [&[2, usize::MAX]]), (vec![2, 2], [vec![2, usize::MAX]]));
    }
}
