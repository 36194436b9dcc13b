//! The version to read, and the oracle: whole passes over a photo in memory.

use super::input::luma;
use super::spec::{Colour, Layout, Spec};
use super::taps::Taps;
use crate::error::Error;
use crate::simd::pixels::{FRACTION_BITS, HALF};

/// The input of a net, in the layout of `spec`, which was checked. `source` is
/// `[height, width, channels]`; see [`super::Photo`] for the rest.
///
/// Fails with [`Code::Memory`](crate::error::Code::Memory) where the taps do not fit.
pub fn prepare(spec: &Spec, source: &[u8]) -> Result<Vec<f32>, Error> {
    let x =
        Taps::new((spec.width, spec.extent[0]), spec.out_width, 0, spec.out_width, spec.filter)?;
    let y =
        Taps::new((spec.height, spec.extent[1]), spec.out_height, 0, spec.out_height, spec.filter)?;
    let rgb = opaque(spec, source);
    let wide = |row: usize, o: usize, c: usize| {
        let (first, weights) = x.of(o);
        mix(weights, |k| rgb[(row * spec.width + first + k) * 3 + c])
    };
    let [high, wide_frame] = spec.frame;
    let place = |c: usize, row: usize, column: usize| match spec.layout {
        Layout::Planar => (c * high + row) * wide_frame + column,
        Layout::Interleaved => (row * wide_frame + column) * spec.depth() + c,
    };
    let mut out = vec![f32::NAN; spec.depth() * high * wide_frame];
    for (c, at) in (0..spec.depth()).flat_map(|c| (0..high * wide_frame).map(move |at| (c, at))) {
        out[place(c, at / wide_frame, at % wide_frame)] = spec.fills[c];
    }
    for (row, column) in positions(spec) {
        let (first, weights) = y.of(spec.top + row);
        let pixel = [0, 1, 2].map(|c| mix(weights, |k| wide(first + k, spec.left + column, c)));
        for c in 0..spec.depth() {
            let byte = match spec.colour {
                Colour::Rgb => pixel[c],
                Colour::Bgr => pixel[2 - c],
                Colour::Grey => luma(&pixel),
            };
            let to = place(c, spec.frame_top + row, spec.frame_left + column);
            out[to] = spec.tables[c][usize::from(byte)];
        }
    }
    Ok(out)
}

fn positions(spec: &Spec) -> impl Iterator<Item = (usize, usize)> {
    let width = spec.crop_width;
    (0..spec.crop_height * width).map(move |at| (at / width, at % width))
}

fn mix(weights: &[i32], byte: impl Fn(usize) -> u8) -> u8 {
    let terms = weights.iter().enumerate().map(|(k, &w)| i32::from(byte(k)) * w);
    (terms.fold(HALF, i32::wrapping_add) >> FRACTION_BITS).clamp(0, 255) as u8
}

/// Grey and alpha to RGB, alpha over white.
fn opaque(spec: &Spec, source: &[u8]) -> Vec<u8> {
    let pixels = source.chunks_exact(spec.channels);
    pixels
        .flat_map(|pixel| match *pixel {
            [r, g, b] => [r, g, b],
            [r, g, b, a] => [r, g, b].map(|c| {
                let c = (f64::from(c) * f64::from(a) / 255.0).round();
                (c + 255.0 - f64::from(a)) as u8
            }),
            _ => [pixel[0]; 3],
        })
        .collect()
}
