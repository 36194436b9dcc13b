//! Comparisons that the tests of backward kernels share.

/// Fails unless each element lies within `roundings` units in the last place of the largest one.
///
/// Written so that a NaN on either side fails.
pub fn assert_near(what: &str, got: &[f32], expected: &[f64], roundings: usize) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let tolerance = largest.max(1e-3) * roundings as f64 * f64::from(f32::EPSILON);
    for (at, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        let difference = (f64::from(got) - expected).abs();
        assert!(difference <= tolerance, "{what}, element {at}: {got}, expected {expected}");
    }
}

/// Fails unless `gradient` is what central differences of `loss` at `x` say, in f64.
///
/// `loss` is smooth within `step` of `x`; the error of the differences is of the order of `step^2`.
pub fn assert_differences(
    what: &str,
    x: &[f64],
    gradient: &[f64],
    step: f64,
    loss: impl Fn(&[f64]) -> f64,
) {
    assert_eq!(x.len(), gradient.len(), "{what}");
    let largest = gradient.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let mut moved = x.to_vec();
    for at in 0..x.len() {
        moved[at] = x[at] + step;
        let above = loss(&moved);
        moved[at] = x[at] - step;
        let below = loss(&moved);
        moved[at] = x[at];
        let slope = (above - below) / (2.0 * step);
        let difference = (slope - gradient[at]).abs();
        let tolerance = 1e-5 * largest.max(1e-2);
        let given = gradient[at];
        assert!(difference <= tolerance, "{what}, element {at}: {given}, differences say {slope}");
    }
}

/// The numbers in f64.
pub fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// The sum of products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
