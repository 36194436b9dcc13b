//! Which source pixels an output pixel is made of, and their weights.

use crate::error::{Code, Error, checked_len};
use crate::simd::pixels::FRACTION_BITS;

const ONE: f64 = (1u32 << FRACTION_BITS) as f64;

/// How a size between the source pixels is filled in. Both widen when they shrink (antialiasing).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// A triangle that reaches one pixel to either side.
    Bilinear,
    /// Keys' cubic convolution with a = -1/2 (Keys 1981, doi 10.1109/TASSP.1981.1163711).
    Bicubic,
}

impl Filter {
    fn support(self) -> f64 {
        match self {
            Filter::Bilinear => 1.0,
            Filter::Bicubic => 2.0,
        }
    }

    fn weight(self, distance: f64) -> f64 {
        let d = distance.abs();
        match self {
            // No `max`: with relaxed SIMD it would become one that may lose a NaN.
            Filter::Bilinear if d < 1.0 => 1.0 - d,
            Filter::Bilinear => 0.0,
            Filter::Bicubic if d < 1.0 => (1.5 * d - 2.5) * d * d + 1.0,
            Filter::Bicubic if d < 2.0 => (((d - 5.0) * d + 8.0) * d - 4.0) * -0.5,
            Filter::Bicubic => 0.0,
        }
    }
}

/// For each output position the first source position, how many, and their weights.
#[derive(Debug, Clone)]
pub struct Taps {
    /// `[first, count]` of each output.
    spans: Vec<[usize; 2]>,
    /// `[outputs, stride]`, with [`FRACTION_BITS`].
    weights: Vec<i32>,
    stride: usize,
}

impl Taps {
    /// Taps of the outputs `start..start + len` of a resize from `from` to `to` pixels, the
    /// numbers that Pillow computes where `extent` is `from`.
    ///
    /// Of the last source pixel only a part may belong to the photo: it then covers `extent`, more
    /// than `from - 1` and at most `from`. All sizes are at least 1, and `start + len <= to`. Fails with [`Code::Memory`] where the
    /// table does not fit.
    pub fn new(
        (from, extent): (usize, f64),
        to: usize,
        start: usize,
        len: usize,
        filter: Filter,
    ) -> Result<Self, Error> {
        let scale = extent / to as f64;
        let widen = scale.max(1.0);
        let support = filter.support() * widen;
        let stride = support.ceil() as usize * 2 + 1;
        let mut taps = Taps { spans: zeros(&[len])?, weights: zeros(&[len, stride])?, stride };
        let mut exact = zeros(&[stride])?;
        let outputs = taps.spans.iter_mut().zip(taps.weights.chunks_exact_mut(stride));
        for (o, (span, weights)) in (start..).zip(outputs) {
            let centre = (o as f64 + 0.5) * scale;
            let first = (centre - support + 0.5).max(0.0) as usize;
            let count = from.min((centre + support + 0.5) as usize) - first;
            for (i, w) in exact[..count].iter_mut().enumerate() {
                *w = filter.weight(((i + first) as f64 - centre + 0.5) * (1.0 / widen));
            }
            let total: f64 = exact[..count].iter().sum();
            for (to, w) in weights.iter_mut().zip(&exact[..count]) {
                let w = w / total * ONE;
                *to = (if w < 0.0 { w - 0.5 } else { w + 0.5 }) as i32;
            }
            *span = [first, count];
        }
        Ok(taps)
    }

    /// The first source position of output `o`, and the weights from there on.
    pub fn of(&self, o: usize) -> (usize, &[i32]) {
        let [first, count] = self.spans[o];
        (first, &self.weights[o * self.stride..][..count])
    }

    /// The source position after the last one of output `o`.
    pub fn end(&self, o: usize) -> usize {
        self.spans[o][0] + self.spans[o][1]
    }

    /// Outputs.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are no outputs.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The most source positions that an output has.
    pub fn widest(&self) -> usize {
        self.spans.iter().map(|span| span[1]).max().unwrap_or(0)
    }
}

/// Zeros, or [`Code::Memory`] where they do not fit.
pub fn zeros<T: Copy + Default>(dims: &[usize]) -> Result<Vec<T>, Error> {
    let len = checked_len("a photo's buffer", dims)?;
    let mut data = Vec::new();
    data.try_reserve_exact(len).map_err(|_| {
        Error::new(Code::Memory, format!("a photo's buffer of {len} elements does not fit"))
    })?;
    data.resize(len, T::default());
    Ok(data)
}
