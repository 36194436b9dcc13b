//! Leaky ReLU with learned slopes (He et al. 2015, arXiv 1502.01852).

/// Version 0: `y[r, c] = x[r, c]` where positive, else `slope[c] * x[r, c]`; a single slope serves
/// all channels. NaN stays NaN.
pub fn reference(slope: &[f32], c: usize, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let slope = if slope.len() == 1 { slope[0] } else { slope[i % c] };
        *y = if x[i] > 0.0 { x[i] } else { slope * x[i] };
    }
}

/// Version 1: one row of channels, in place. `row` and `slope` have `C` elements each.
#[inline(never)]
pub fn prelu(row: &mut [f32], slope: &[f32]) {
    debug_assert_eq!(row.len(), slope.len());
    for (x, &slope) in row.iter_mut().zip(slope) {
        *x = if *x > 0.0 { *x } else { slope * *x };
    }
}
