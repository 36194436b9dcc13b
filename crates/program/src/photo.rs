//! The words that say what is to become of a photo.

use crate::reader::Reader;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::photo::spec::{Colour, Layout, Spec};
use receptive_kernels::photo::taps::Filter;

/// Reads `width height channels out_width out_height left top crop_width crop_height
/// filter(0 bilinear, 1 bicubic) layout(0 planar, 1 interleaved) colour(0 rgb, 1 bgr, 2 grey)
/// extent_width extent_height`, the last two as floats.
///
/// `tables` has 256 numbers for each channel of the output. Fails with [`Code::Descriptor`] for
/// a code that means nothing, [`Code::Geometry`] for sizes that are 0 or a crop that does not
/// fit, [`Code::Shape`] for tables of another length.
pub fn read(words: &[u32], tables: &[f32]) -> Result<Spec, Error> {
    let mut words = Reader::new(words);
    let mut size = || words.size();
    let (width, height, channels) = (size()?, size()?, size()?);
    let (out_width, out_height) = (size()?, size()?);
    let (left, top, crop_width, crop_height) = (size()?, size()?, size()?, size()?);
    let filter = [Filter::Bilinear, Filter::Bicubic].get(size()?).copied();
    let layout = [Layout::Planar, Layout::Interleaved].get(size()?).copied();
    let colour = [Colour::Rgb, Colour::Bgr, Colour::Grey].get(size()?).copied();
    let extent = [f64::from(words.float()?), f64::from(words.float()?)];
    words.end()?;
    let (Some(filter), Some(layout), Some(colour)) = (filter, layout, colour) else {
        return Err(Error::new(Code::Descriptor, "no such filter, layout or colour"));
    };
    let whole = tables.chunks_exact(256);
    let exact = whole.remainder().is_empty();
    let tables: Vec<[f32; 256]> = whole.filter_map(|table| table.try_into().ok()).collect();
    if !exact {
        return Err(Error::new(Code::Shape, "a photo needs 256 numbers for each channel"));
    }
    Spec {
        width,
        height,
        extent,
        channels,
        out_width,
        out_height,
        left,
        top,
        crop_width,
        crop_height,
        filter,
        layout,
        colour,
        tables,
    }
    .check()
}

#[cfg(test)]
mod tests {
    use super::*;
    use receptive_kernels::photo::Photo;

    #[test]
    fn what_is_impossible_is_refused() {
        let extent = [4f32, 5.0].map(f32::to_bits);
        let good: [u32; 14] = [4, 5, 3, 2, 3, 0, 1, 2, 2, 0, 0, 0, extent[0], extent[1]];
        let tables = vec![0.0; 768];
        assert!(read(&good, &tables).is_ok());
        for (word, value) in [
            (0, 0),
            (1, 0),
            (2, 2),
            (3, 0),
            (4, 0),
            (5, 1),
            (6, 2),
            (7, 0),
            (8, 3),
            (9, 2),
            (10, 2),
            (11, 3),
            (12, 3f32.to_bits()),
            (13, f32::NAN.to_bits()),
            (13, 5.5f32.to_bits()),
        ] {
            let mut words = good;
            words[word] = value;
            assert!(read(&words, &tables).is_err(), "word {word} is {value}");
        }
        assert!(read(&good, &tables[..512]).is_err());
        assert!(read(&good[..13], &tables).is_err());
        let mut photo = Photo::new(read(&good, &tables).unwrap()).unwrap();
        assert!(photo.push(6).is_err());
    }
}
