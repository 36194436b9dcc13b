//! What tests share, here and in the crates above.

/// Uniform numbers in [-1, 1), the same for the same seed.
pub struct Random(u64);

impl Random {
    /// A generator.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number (xorshift64*, Vigna 2016).
    pub(crate) fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
        bits as f32 / (1u32 << 23) as f32 - 1.0
    }

    /// A whole number from 0 to `n - 1`.
    pub fn below(&mut self, n: usize) -> usize {
        (((self.next() + 1.0) / 2.0 * n as f32) as usize).min(n - 1)
    }

    /// `len` numbers.
    pub fn vector(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| self.next()).collect()
    }
}

/// Fails unless each element agrees within the rounding of a sum of `k` terms of about 1.
///
/// The terms are in [-1, 1], so a sum is at most `k` and its error at most `k * k * epsilon`; the
/// random walk of both gives `k * epsilon` with room to spare.
pub fn assert_close(got: &[f32], expected: &[f32], k: usize) {
    assert_eq!(got.len(), expected.len());
    let tolerance = 2.0 * f32::EPSILON * (k as f32 + 8.0);
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        let difference = (got - expected).abs();
        assert!(difference <= tolerance, "element {at}: {got}, expected {expected}, k {k}");
    }
}

/// Central differences, `(L(v + step) - L(v - step)) / 2 step` for every element of `v`: what a
/// gradient has to be. Exact but for rounding where `L` is linear in each element.
pub fn differences(v: &[f32], loss: impl Fn(&[f64]) -> f64) -> Vec<f32> {
    const STEP: f64 = 1e-3;
    let mut v = widened(v);
    (0..v.len())
        .map(|at| {
            let here = v[at];
            let [more, less] = [here + STEP, here - STEP].map(|moved| {
                v[at] = moved;
                loss(&v)
            });
            v[at] = here;
            ((more - less) / (2.0 * STEP)) as f32
        })
        .collect()
}

/// The same numbers in f64.
pub fn widened(v: &[f32]) -> Vec<f64> {
    v.iter().map(|&v| f64::from(v)).collect()
}
