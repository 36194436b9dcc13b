//! Resizing of channels-last maps.
//!
//! The rules are those of PyTorch's upsampling, computed in f32 as there, so that the same input
//! pixels are picked. In reading order: 0 [`reference()`], one element at a time; 1 [`nearest`] and
//! [`bilinear`], all channels of an output pixel together, contiguous copies or four streams.

/// One axis of a resize.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResizeAxis {
    /// Input size; at least 1.
    pub size: usize,
    /// Output size; at least 1.
    pub out: usize,
    /// Input step per output step: `size / out`, one over the scale factor, or with
    /// `align_corners` `(size - 1) / (out - 1)`. Finite and not negative.
    pub scale: f32,
    /// Whether the outermost elements of input and output are to coincide (bilinear only).
    pub align_corners: bool,
}

/// The two input indices an output index mixes, and their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// Lower index.
    pub low: usize,
    /// Upper index; the lower one at the border.
    pub high: usize,
    /// Weight of the lower one.
    pub low_weight: f32,
    /// Weight of the upper one.
    pub high_weight: f32,
}

impl ResizeAxis {
    /// `min(floor(at * scale), size - 1)`
    #[inline(never)]
    pub fn nearest(&self, at: usize) -> usize {
        if self.size == self.out {
            return at;
        }
        ((at as f32 * self.scale) as usize).min(self.size - 1)
    }

    /// With pixels as areas (half-pixel centres) the position is `scale * (at + 0.5) - 0.5`, 0 at
    /// least; with pixels as points (`align_corners`) it is `scale * at`.
    pub fn mix(&self, at: usize) -> Mix {
        if self.size == self.out {
            return Mix { low: at, high: at, low_weight: 1.0, high_weight: 0.0 };
        }
        let position = if self.align_corners {
            self.scale * at as f32
        } else {
            (self.scale * (at as f32 + 0.5) - 0.5).max(0.0)
        };
        let low = (position as usize).min(self.size - 1);
        let high = (low + 1).min(self.size - 1);
        let high_weight = (position - low as f32).clamp(0.0, 1.0);
        Mix { low, high, low_weight: 1.0 - high_weight, high_weight }
    }
}

/// Channels and both axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resize {
    /// Channels.
    pub c: usize,
    /// The vertical axis.
    pub y: ResizeAxis,
    /// The horizontal axis.
    pub x: ResizeAxis,
}

/// How an output pixel comes from input pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The nearest one.
    Nearest,
    /// A weighted mean of four.
    Bilinear,
}

/// Version 0: `y[n, oy, ox, c] = x[n, nearest(oy), nearest(ox), c]`, or the mean of the four
/// elements of [`ResizeAxis::mix`], one element at a time.
pub fn reference(resize: &Resize, mode: Mode, x: &[f32], y: &mut [f32]) {
    let &Resize { c, y: rows, x: cols } = resize;
    for (i, y) in y.iter_mut().enumerate() {
        let (channel, ox, oy) = (i % c, i / c % cols.out, i / c / cols.out % rows.out);
        let n = i / c / cols.out / rows.out;
        let at = |iy: usize, ix: usize| x[((n * rows.size + iy) * cols.size + ix) * c + channel];
        let (v, h) = (rows.mix(oy), cols.mix(ox));
        *y = match mode {
            Mode::Nearest => at(rows.nearest(oy), cols.nearest(ox)),
            Mode::Bilinear => {
                v.low_weight * (h.low_weight * at(v.low, h.low) + h.high_weight * at(v.low, h.high))
                    + v.high_weight
                        * (h.low_weight * at(v.high, h.low) + h.high_weight * at(v.high, h.high))
            }
        };
    }
}

/// Version 1 of nearest. `x` is `[N, H, W, C]`, `y` is `[N, OH, OW, C]`, with `N` given by the
/// lengths; `y` is written completely.
pub fn nearest(resize: &Resize, x: &[f32], y: &mut [f32]) {
    let &Resize { c, y: rows, x: cols } = resize;
    let images = x.chunks_exact(rows.size * cols.size * c);
    for (image, out) in images.zip(y.chunks_exact_mut(rows.out * cols.out * c)) {
        for (oy, out) in out.chunks_exact_mut(cols.out * c).enumerate() {
            let row = &image[rows.nearest(oy) * cols.size * c..][..cols.size * c];
            for (ox, pixel) in out.chunks_exact_mut(c).enumerate() {
                pixel.copy_from_slice(&row[cols.nearest(ox) * c..][..c]);
            }
        }
    }
}

/// Version 1 of bilinear; shapes as in [`nearest`]. The same results as [`reference()`], bit for bit.
#[inline(never)]
pub fn bilinear(resize: &Resize, x: &[f32], y: &mut [f32]) {
    let &Resize { c, y: rows, x: cols } = resize;
    let images = x.chunks_exact(rows.size * cols.size * c);
    for (image, out) in images.zip(y.chunks_exact_mut(rows.out * cols.out * c)) {
        for (oy, out) in out.chunks_exact_mut(cols.out * c).enumerate() {
            let v = rows.mix(oy);
            let low_row = &image[v.low * cols.size * c..][..cols.size * c];
            let high_row = &image[v.high * cols.size * c..][..cols.size * c];
            for (ox, pixel) in out.chunks_exact_mut(c).enumerate() {
                mix_pixel(v, cols.mix(ox), low_row, high_row, pixel);
            }
        }
    }
}

#[inline]
fn mix_pixel(v: Mix, h: Mix, low_row: &[f32], high_row: &[f32], pixel: &mut [f32]) {
    let c = pixel.len();
    let (a, b) = (&low_row[h.low * c..][..c], &low_row[h.high * c..][..c]);
    let (d, e) = (&high_row[h.low * c..][..c], &high_row[h.high * c..][..c]);
    for (((&a, &b), (&d, &e)), y) in a.iter().zip(b).zip(d.iter().zip(e)).zip(pixel) {
        *y = v.low_weight * (h.low_weight * a + h.high_weight * b)
            + v.high_weight * (h.low_weight * d + h.high_weight * e);
    }
}
