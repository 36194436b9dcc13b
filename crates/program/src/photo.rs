//! What is to become of a photo.

use crate::contract::PhotoSpec;
use crate::reader::Reader;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::photo::spec::Spec;

/// Reads the words of a [`PhotoSpec`]. `tables` has 256 numbers for each channel of the output,
/// `fills` one.
///
/// Fails with [`Code::Descriptor`] for words that mean nothing, [`Code::Geometry`] for sizes that are
/// 0 or a crop that does not fit, [`Code::Shape`] for tables or fills of another length.
pub fn read(words: &[u32], tables: &[f32], fills: &[f32]) -> Result<Spec, Error> {
    let mut words = Reader::new(words);
    let photo = PhotoSpec::read(&mut words)?;
    words.end()?;
    let whole = tables.chunks_exact(256);
    let exact = whole.remainder().is_empty();
    let tables: Vec<[f32; 256]> = whole.filter_map(|table| table.try_into().ok()).collect();
    if !exact {
        return Err(Error::new(Code::Shape, "a photo needs 256 numbers for each channel"));
    }
    let spec = Spec {
        width: photo.width,
        height: photo.height,
        extent: [photo.extent_width, photo.extent_height].map(f64::from),
        channels: photo.channels,
        out_width: photo.out_width,
        out_height: photo.out_height,
        left: photo.left,
        top: photo.top,
        crop_width: photo.crop_width,
        crop_height: photo.crop_height,
        filter: photo.filter,
        layout: photo.layout,
        colour: photo.colour,
        frame: [photo.frame_height, photo.frame_width],
        frame_left: photo.frame_left,
        frame_top: photo.frame_top,
        tables,
        fills: fills.to_vec(),
    };
    spec.check()
}

#[cfg(test)]
mod tests {
    use super::*;
    use receptive_kernels::photo::Photo;

    #[test]
    fn what_is_impossible_is_refused() {
        let extent = [4f32, 5.0].map(f32::to_bits);
        let good: [u32; 18] =
            [4, 5, 3, 2, 3, 0, 1, 2, 2, 0, 0, 0, extent[0], extent[1], 5, 6, 3, 4];
        let tables = vec![0.0; 768];
        let fills = [0.0; 3];
        assert!(read(&good, &tables, &fills).is_ok());
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
            (14, 4),
            (15, 5),
            (16, 4),
            (17, u32::MAX),
        ] {
            let mut words = good;
            words[word] = value;
            assert!(read(&words, &tables, &fills).is_err(), "word {word} is {value}");
        }
        assert!(read(&good, &tables[..512], &fills).is_err());
        assert!(read(&good, &tables, &fills[..2]).is_err());
        assert!(read(&good[..17], &tables, &fills).is_err());
        let mut photo = Photo::new(read(&good, &tables, &fills).unwrap()).unwrap();
        assert!(photo.push(6).is_err());
    }
}
