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
    /// For each channel of the output, what the 256 values of a byte become.
    pub tables: Vec<[f32; 256]>,
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
        if self.tables.len() != self.depth() {
            return Err(Error::new(Code::Shape, "a photo needs 256 numbers for each channel"));
        }
        Ok(self)
    }

    /// Channels of the output.
    pub fn depth(&self) -> usize {
        if self.colour == Colour::Grey { 1 } else { 3 }
    }

    /// The bytes of the output's channels; of grey, the first.
    #[inline(always)]
    pub fn bytes(&self, rgb: &[u8]) -> [u8; 3] {
        let [r, g, b] = [rgb[0], rgb[1], rgb[2]];
        match self.colour {
            Colour::Rgb => [r, g, b],
            Colour::Bgr => [b, g, r],
            Colour::Grey => {
                let [r, g, b] = [r, g, b].map(u32::from);
                [((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16) as u8; 3]
            }
        }
    }
}
