//! What a net takes: rows of pixels as numbers, in its layout, within a frame.

use super::spec::{Colour, Layout, Spec};
use crate::error::{Code, Error, checked_len};

impl Spec {
    /// The input before any row is written: its fill everywhere.
    ///
    /// Fails with [`Code::Memory`] where it does not fit.
    pub(super) fn frame(&self) -> Result<Vec<f32>, Error> {
        let [height, width] = self.frame;
        let len = checked_len("an input", &[self.depth(), height, width])?;
        let mut out: Vec<f32> = Vec::new();
        out.try_reserve_exact(len).map_err(|_| {
            Error::new(Code::Memory, format!("an input of {len} elements does not fit"))
        })?;
        match self.layout {
            Layout::Planar => {
                for &fill in &self.fills {
                    out.resize(out.len() + height * width, fill);
                }
            }
            Layout::Interleaved => out.extend(self.fills.iter().cycle().take(len)),
        }
        Ok(out)
    }

    /// Writes one row of the window; `pixels` are RGB and a byte that means nothing.
    pub(super) fn write_row(&self, pixels: &[u8], row: usize, out: &mut [f32]) {
        let pixels = &pixels[..self.crop_width * 4];
        let [height, width] = self.frame;
        let start = (self.frame_top + row) * width + self.frame_left;
        let depth = self.depth();
        for (c, table) in self.tables.iter().enumerate() {
            match self.layout {
                Layout::Planar => {
                    let to = &mut out[c * height * width + start..][..self.crop_width];
                    self.write_channel(pixels, c, table, to.iter_mut());
                }
                Layout::Interleaved => {
                    let to = &mut out[start * depth..][..self.crop_width * depth];
                    let to = to.chunks_exact_mut(depth).map(|pixel| &mut pixel[c]);
                    self.write_channel(pixels, c, table, to);
                }
            }
        }
    }

    #[inline(always)]
    fn write_channel<'a>(
        &self,
        pixels: &[u8],
        c: usize,
        table: &[f32; 256],
        to: impl Iterator<Item = &'a mut f32>,
    ) {
        let pixels = pixels.chunks_exact(4);
        match (self.colour, c) {
            (Colour::Grey, _) => look_up(pixels, luma, table, to),
            (Colour::Rgb, 0) | (Colour::Bgr, 2) => look_up(pixels, |rgb| rgb[0], table, to),
            (Colour::Rgb | Colour::Bgr, 1) => look_up(pixels, |rgb| rgb[1], table, to),
            _ => look_up(pixels, |rgb| rgb[2], table, to),
        }
    }
}

#[inline(always)]
fn look_up<'a, 'b>(
    pixels: impl Iterator<Item = &'a [u8]>,
    byte: impl Fn(&[u8]) -> u8,
    table: &[f32; 256],
    to: impl Iterator<Item = &'b mut f32>,
) {
    for (to, pixel) in to.zip(pixels) {
        *to = table[usize::from(byte(pixel))];
    }
}

/// ITU-R 601 luma, with the weights that Pillow has.
#[inline(always)]
pub(super) fn luma(rgb: &[u8]) -> u8 {
    let [r, g, b] = [rgb[0], rgb[1], rgb[2]].map(u32::from);
    ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16) as u8
}
