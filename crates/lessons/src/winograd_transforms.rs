//! The three transforms of lesson 5, of 4 x 4 numbers each, element (i, j) at `4 * i + j`.
//!
//! Each is that of one dimension, applied to all rows and then to all columns. A test multiplies
//! them out for every single input and weight. Source: Lavin and Gray 2015, arXiv 1509.09308.

/// `[d0 - d2, d1 + d2, d2 - d1, d1 - d3]`, both ways: additions only.
pub fn input(d: [f32; 16]) -> [f32; 16] {
    both_ways(d, |[d0, d1, d2, d3]| [d0 - d2, d1 + d2, d2 - d1, d1 - d3])
}

/// `[g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2]`, both ways: 3 x 3 weights become 4 x 4.
///
/// # Panics
/// If there are fewer than nine.
pub fn weights(g: &[f32]) -> [f32; 16] {
    let g =
        [g[0], g[1], g[2], 0.0, g[3], g[4], g[5], 0.0, g[6], g[7], g[8], 0.0, 0.0, 0.0, 0.0, 0.0];
    both_ways(g, |[g0, g1, g2, _]| [g0, (g0 + g1 + g2) / 2.0, (g0 - g1 + g2) / 2.0, g2])
}

/// `[m0 + m1 + m2, m1 - m2 - m3]`, both ways: 4 x 4 sums become 2 x 2 pixels, at 0, 1, 4 and 5.
pub fn output(m: [f32; 16]) -> [f32; 16] {
    both_ways(m, |[m0, m1, m2, m3]| [m0 + m1 + m2, m1 - m2 - m3, 0.0, 0.0])
}

/// Transforms the rows, then the columns.
#[inline]
fn both_ways(a: [f32; 16], transform: fn([f32; 4]) -> [f32; 4]) -> [f32; 16] {
    transposed_rows(transposed_rows(a, transform), transform)
}

/// Transforms the rows and writes them as columns.
#[inline]
fn transposed_rows(a: [f32; 16], transform: fn([f32; 4]) -> [f32; 4]) -> [f32; 16] {
    let mut out = [0.0; 16];
    for i in 0..4 {
        let row = transform([a[4 * i], a[4 * i + 1], a[4 * i + 2], a[4 * i + 3]]);
        for j in 0..4 {
            out[4 * j + i] = row[j];
        }
    }
    out
}
