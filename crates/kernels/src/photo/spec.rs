//! What is to become of a photo.

use crate::error::{Code, Error};
use crate::photo::taps::Filter;

/// Order of the output's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `[C, H, W]`
    Planar,
    /// `[H, W, C]`
    Interleaved,
}

/// Channels of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// One channel: ITU-R 601 luma, with the weights that Pillow has.
    Grey,
}

/// A photo of `width` x `height`, what it is resized to, the part of that which is the input, and
/// how a byte becomes a number of it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Pixels in a row; at least 1.
    pub width: usize,
    /// Rows; at least 1.
    pub height: usize,
    /// How many pixels wide and high the photo is, where of the last ones only a part belongs to it:
    /// a decoder that shrinks gives whole pixels.
    pub extent: [f64; 2],
    /// Bytes of a pixel: 1 grey, 3 RGB, 4 RGBA with straight alpha.
    pub channels: usize,
    /// Width after the resize; at least 1.
    pub out_width: usize,
    /// Height after the resize; at least 1.
    pub out_height: usize,
    /// Columns before the crop.
    pub left: usize,
    /// Rows before the crop.
    pub top: usize,
    /// Columns of the crop, within the resized photo; at least 1.
    pub crop_width: usize,
    /// Rows of the crop, within the resized photo; at least 1.
    pub crop_height: usize,
    /// How it is resized.
    pub filter: Filter,
    /// Order of the output's elements.
    pub layout: Layout,
    /// Channels of the output.
    pub colour: Colour,
    /// `[height, width]` of the output: the crop lies somewhere in it.
    pub frame: [usize; 2],
    /// Columns of the output before the crop.
    pub frame_left: usize,
    /// Rows of the output before the crop.
    pub frame_top: usize,
    /// For each channel of the output, what the 256 values of a byte become.
    pub tables: Vec<[f32; 256]>,
    /// For each channel of the output, what stands around the crop.
    pub fills: Vec<f32>,
}

impl Spec {
    /// The same, or [`Code::Geometry`] for sizes that are 0 or a crop that does not fit,
    /// [`Code::Shape`] for tables of another number of channels.
    pub fn check(self) -> Result<Self, Error> {
        let fits = |start: usize, len: usize, of: usize| {
            len > 0 && start.checked_add(len).is_some_and(|end| end <= of)
        };
        let cropped = fits(self.left, self.crop_width, self.out_width)
            && fits(self.top, self.crop_height, self.out_height);
        let framed = fits(self.frame_left, self.crop_width, self.frame[1])
            && fits(self.frame_top, self.crop_height, self.frame[0]);
        let [wide, high] = [(self.width, 0), (self.height, 1)].map(|(size, axis)| {
            let extent = self.extent[axis];
            extent > size as f64 - 1.0 && extent <= size as f64
        });
        if !(wide && high) {
            return Err(Error::new(Code::Geometry, "a photo that does not fill its pixels"));
        }
        if self.width == 0 || self.height == 0 || !matches!(self.channels, 1 | 3 | 4) || !cropped {
            return Err(Error::new(Code::Geometry, "a photo or crop of impossible sizes"));
        }
        if !framed {
            return Err(Error::new(Code::Geometry, "a frame that is smaller than what is in it"));
        }
        if self.tables.len() != self.depth() || self.fills.len() != self.depth() {
            return Err(Error::new(
                Code::Shape,
                "a photo needs 256 numbers and a fill for each channel",
            ));
        }
        Ok(self)
    }

    /// Channels of the output.
    pub fn depth(&self) -> usize {
        if self.colour == Colour::Grey { 1 } else { 3 }
    }
}
