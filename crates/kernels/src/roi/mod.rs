//! Regions of interest: what maps hold inside of boxes, as maps of one size.
//!
//! A region is a row `[image, left, top, right, bottom]` in pixels of the input; a map has `scale`
//! elements for a pixel. Regions of no image (a negative index, one that is too large, NaN) and
//! regions with an edge that is not finite give zeros at no cost: how lists of a fixed length are
//! filled up. Maps are channels-last, so that a sample is a vector over channels.
//!
//! - [`bins`]: where the bins of a region and the samples of a bin lie, and which level it belongs to;
//! - [`mod@reference`]: version 0, the formulas element by element;
//! - [`align`]: RoIAlign (He et al. 2017, arXiv 1703.06870), the mean of interpolated samples: all
//!   channels of a sample in one pass over its four taps, and no sample outside of the map;
//! - [`pool`]: RoIPool (Girshick 2015, arXiv 1504.08083), the largest element of each bin;
//! - [`position`]: the position-sensitive ones of R-FCN (Dai et al. 2016, arXiv 1605.06409);
//! - [`backward`]: the gradient of RoIAlign for the maps.

pub mod align;
pub mod backward;
pub mod bins;
pub mod pool;
pub mod position;
pub mod reference;

#[cfg(test)]
mod tests;

/// Numbers of a region.
pub const ROW: usize = 5;

/// What becomes of the samples of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Their mean.
    Avg,
    /// As ONNX: the largest of all taps, each times its weight.
    Max,
}

/// Which level of a pyramid a region belongs to (Lin et al. 2016, arXiv 1612.03144, equation 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canonical {
    /// Side of a square region, in pixels.
    pub size: f32,
    /// Its level: that of the map with `2^-level` elements for a pixel.
    pub level: usize,
}

/// What RoIAlign computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Align {
    /// Channels.
    pub c: usize,
    /// Bins from top to bottom.
    pub oh: usize,
    /// Bins from left to right.
    pub ow: usize,
    /// Samples along each side of a bin; 0 for as many as the bin has elements, rounded up.
    pub sampling: usize,
    /// Whether the centres of pixels lie half a pixel inside, and regions may be smaller than one
    /// element.
    pub aligned: bool,
    /// What becomes of the samples.
    pub mode: Mode,
}

/// A map that regions are read from.
#[derive(Debug, Clone, Copy)]
pub struct Level<'a> {
    /// `[N, H, W, C]`
    pub x: &'a [f32],
    /// H
    pub h: usize,
    /// W
    pub w: usize,
    /// Elements for a pixel of the input.
    pub scale: f32,
}
