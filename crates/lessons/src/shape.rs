//! The sizes of a convolution, under the field's usual names.

/// One image `[C, H, W]`, weights `[OC, C, KH, KW]`, output `[OC, OH, OW]`.
///
/// Only [`Shape::new`] makes one, so that whoever has a shape has one that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// Channels of the input.
    pub c: usize,
    /// Height of the input.
    pub h: usize,
    /// Width of the input.
    pub w: usize,
    /// Channels of the output.
    pub oc: usize,
    /// Height of the kernel.
    pub kh: usize,
    /// Width of the kernel.
    pub kw: usize,
    /// Step of the kernel, both ways.
    pub stride: usize,
    /// Zeros around the image, on all four sides.
    pub pad: usize,
    /// Height of the output: `(H + 2 pad - KH) / stride + 1`, rounded down.
    pub oh: usize,
    /// Width of the output.
    pub ow: usize,
}

/// Why a convolution cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The kernel is larger than the padded image, or kernel or stride are 0.
    Geometry,
    /// Operands, or the im2col matrix, have more than [`MAX_ELEMENTS`] elements.
    TooLarge,
    /// A slice has another length than the shape says.
    Length,
    /// The lesson's algorithm is for other shapes.
    Unsupported,
}

/// Most elements of one array: 1 GiB of them, which a 32-bit memory has room for.
pub const MAX_ELEMENTS: usize = 1 << 28;

impl Shape {
    /// `[c, h, w]` is the image, `[oc, kh, kw]` the kernels.
    ///
    /// Fails with [`Error::Geometry`] for a kernel or stride of 0, or a kernel larger than the
    /// padded image; with [`Error::TooLarge`] for a size, an operand or a matrix of more than
    /// [`MAX_ELEMENTS`].
    pub fn new(
        [c, h, w]: [usize; 3],
        [oc, kh, kw]: [usize; 3],
        stride: usize,
        pad: usize,
    ) -> Result<Shape, Error> {
        if [c, h, w, oc, kh, kw, stride, pad].iter().any(|&size| size > MAX_ELEMENTS) {
            return Err(Error::TooLarge);
        }
        let (padded_h, padded_w) = (h + 2 * pad, w + 2 * pad);
        if kh == 0 || kw == 0 || stride == 0 || kh > padded_h || kw > padded_w {
            return Err(Error::Geometry);
        }
        let (oh, ow) = ((padded_h - kh) / stride + 1, (padded_w - kw) / stride + 1);
        for sizes in [[c, h, w, 1, 1], [oc, c, kh, kw, 1], [oc, oh, ow, 1, 1], [c, kh, kw, oh, ow]]
        {
            let len = sizes.iter().try_fold(1usize, |len, &size| len.checked_mul(size));
            if len.is_none_or(|len| len > MAX_ELEMENTS) {
                return Err(Error::TooLarge);
            }
        }
        Ok(Shape { c, h, w, oc, kh, kw, stride, pad, oh, ow })
    }

    /// Terms of each sum, and rows of the im2col matrix: `K = C * KH * KW`.
    pub fn k(&self) -> usize {
        self.c * self.kh * self.kw
    }

    /// Output pixels, and columns of the im2col matrix: `N = OH * OW`.
    pub fn n(&self) -> usize {
        self.oh * self.ow
    }

    /// Elements of image, weights, bias and output.
    pub fn lens(&self) -> [usize; 4] {
        [self.c * self.h * self.w, self.oc * self.k(), self.oc, self.oc * self.n()]
    }

    /// The pixel at row `ph`, column `pw` of the *padded* channel `c`: 0 where that is padding or
    /// beyond. `x` is `[C, H, W]`.
    ///
    /// # Panics
    /// If `x` is too short.
    #[inline]
    pub fn padded(&self, x: &[f32], c: usize, ph: usize, pw: usize) -> f32 {
        // Left of or above the image the subtraction wraps to a huge number: outside as well.
        let (ih, iw) = (ph.wrapping_sub(self.pad), pw.wrapping_sub(self.pad));
        if ih < self.h && iw < self.w { x[(c * self.h + ih) * self.w + iw] } else { 0.0 }
    }
}
