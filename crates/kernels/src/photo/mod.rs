//! From the pixels of a photo to the input of a net in one pass: resize, centre crop, colour
//! order, mean and deviation, layout. Rows come in as they are decoded and are not kept, so that
//! a photo of any size takes the memory of a few rows.
//!
//! The numbers are those of Pillow's two passes: each rounds back to a byte. In reading order:
//! [`taps`], which pixels an output is made of; [`mod@reference`], one pass after the other over the
//! whole photo; [`columns`], the taps of a row in the order of SIMD; [`Photo`], row by row.

pub mod columns;
mod input;
pub mod reference;
pub mod spec;
pub mod taps;

#[cfg(test)]
mod tests;

use crate::error::{Code, Error};
use crate::simd::pixels::{SLACK, mix_rows};
use columns::Columns;
use spec::Spec;
use taps::{Taps, zeros};

/// Rows that are taken in at a time have about so many bytes: enough to make a call worthwhile,
/// few enough to stay in cache.
const CHUNK_BYTES: usize = 1 << 17;

/// A photo on its way into a net.
#[derive(Debug)]
pub struct Photo {
    spec: Spec,
    columns: Columns,
    y: Taps,
    /// Source rows, written by the caller: `[room, width, channels]` and [`SLACK`].
    rows: Vec<u8>,
    room: usize,
    /// One source row as it is filtered, where that is not how it came: 4 bytes a pixel, and [`SLACK`].
    row: Vec<u8>,
    /// Rows after the horizontal pass, `[y.widest(), pitch]`; source row `r` is at `r` modulo.
    ring: Vec<u8>,
    /// Bytes of a filtered row: 4 for each pixel of the crop, rounded up for whole vectors.
    pitch: usize,
    mixed: Vec<u8>,
    next_row: usize,
    next_out: usize,
    out: Vec<f32>,
}

impl Photo {
    /// A photo of which no row is there yet, by a spec that was checked.
    ///
    /// Fails with [`Code::Memory`] where the output or what it is made with does not fit into
    /// memory.
    pub fn new(spec: Spec) -> Result<Self, Error> {
        let x = Taps::new(
            (spec.width, spec.extent[0]),
            spec.out_width,
            spec.left,
            spec.crop_width,
            spec.filter,
        )?;
        let y = Taps::new(
            (spec.height, spec.extent[1]),
            spec.out_height,
            spec.top,
            spec.crop_height,
            spec.filter,
        )?;
        let row_bytes = spec.width * spec.channels;
        let room = (CHUNK_BYTES / row_bytes).clamp(1, spec.height);
        let pitch = (spec.crop_width * 4).next_multiple_of(16);
        Ok(Photo {
            rows: zeros(&[room * row_bytes + SLACK])?,
            room,
            row: zeros(&[spec.width * 4 + SLACK])?,
            ring: zeros(&[y.widest(), pitch])?,
            pitch,
            mixed: zeros(&[pitch])?,
            next_row: y.of(0).0,
            next_out: 0,
            out: spec.frame()?,
            columns: Columns::new(&x, spec.width)?,
            y,
            spec,
        })
    }

    /// The source row to write next; it starts at the first that the crop needs.
    pub fn next_row(&self) -> usize {
        self.next_row
    }

    /// The row after the last that the crop needs.
    pub fn end_row(&self) -> usize {
        self.y.end(self.y.len() - 1)
    }

    /// Where the next rows are to be written, `[rows, width, channels]`: as many as fit.
    pub fn rows_mut(&mut self) -> &mut [u8] {
        let len = self.room * self.spec.width * self.spec.channels;
        &mut self.rows[..len]
    }

    /// Takes in the first `count` rows that were written.
    ///
    /// Fails with [`Code::Argument`] for more rows than fit, or than are needed.
    pub fn push(&mut self, count: usize) -> Result<(), Error> {
        if count > self.room || count > self.end_row() - self.next_row {
            return Err(Error::new(Code::Argument, format!("{count} rows are too many")));
        }
        for at in 0..count {
            self.filter_row(at);
            self.next_row += 1;
            while self.next_out < self.y.len() && self.y.end(self.next_out) <= self.next_row {
                self.finish_row();
            }
        }
        Ok(())
    }

    /// The input: complete once [`Photo::end_row`] has been reached.
    pub fn out(&self) -> &[f32] {
        &self.out
    }

    /// The horizontal pass over row `at` of those that were written.
    fn filter_row(&mut self, at: usize) {
        let Spec { width, channels, .. } = self.spec;
        let slot = self.next_row % self.y.widest();
        let out = &mut self.ring[slot * self.pitch..][..self.pitch];
        let source = &self.rows[at * width * channels..];
        match channels {
            3 => self.columns.filter::<3>(source, out),
            4 if is_opaque(&source[..width * 4]) => self.columns.filter::<4>(source, out),
            _ => {
                let pixels = source[..width * channels].chunks_exact(channels);
                for (to, pixel) in self.row.chunks_exact_mut(4).zip(pixels) {
                    to.copy_from_slice(&on_white(pixel));
                }
                self.columns.filter::<4>(&self.row, out);
            }
        }
    }

    /// The vertical pass for the next output row, and what comes after.
    fn finish_row(&mut self) {
        let (first, weights) = self.y.of(self.next_out);
        mix_rows(&self.ring, first % self.y.widest(), weights, &mut self.mixed);
        self.spec.write_row(&self.mixed, self.next_out, &mut self.out);
        self.next_out += 1;
    }
}

fn is_opaque(rgba: &[u8]) -> bool {
    let words = rgba
        .chunks_exact(4)
        .map(|pixel| u32::from_be_bytes([pixel[0], pixel[1], pixel[2], pixel[3]]));
    words.fold(255, |all, word| all & word) == 255
}

/// Grey or RGBA as RGB, and a byte that means nothing. Alpha is laid over white with the rounding
/// that a premultiplied canvas has applied already: `round(c * a / 255) + 255 - a`.
fn on_white(pixel: &[u8]) -> [u8; 4] {
    if let &[r, g, b, a] = pixel {
        let blend = |c: u8| ((u32::from(c) * u32::from(a) + 127) / 255) as u8 + (255 - a);
        return [blend(r), blend(g), blend(b), 255];
    }
    [pixel[0], pixel[0], pixel[0], 255]
}
