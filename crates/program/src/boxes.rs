//! What a detector's scores and boxes are to be looked at with.

use crate::contract::{ScoreSpec, SuppressSpec};
use crate::reader::Reader;
use receptive_kernels::boxes::Options;
use receptive_kernels::boxes::scan::Scan;
use receptive_kernels::error::Error;

/// Reads the words of a [`ScoreSpec`] over `len` scores.
///
/// Fails with [`Code::Descriptor`](receptive_kernels::error::Code) for words that mean nothing, and
/// as [`Scan::check`].
pub fn read_scan(words: &[u32], threshold: f64, len: usize) -> Result<Scan, Error> {
    let mut words = Reader::new(words);
    let spec = ScoreSpec::read(&mut words)?;
    words.end()?;
    let scan = Scan {
        candidates: spec.candidates,
        classes: spec.classes,
        candidate_stride: spec.candidate_stride,
        class_stride: spec.class_stride,
        offset: spec.offset,
        objectness: spec.has_objectness.then_some((spec.object_offset, spec.object_stride)),
        activation: spec.activation,
        threshold,
        multi_label: spec.multi_label,
        most: spec.most,
    };
    scan.check(len)
}

/// Reads the words of a [`SuppressSpec`]. A floor of NaN is none.
///
/// Fails with [`Code::Descriptor`](receptive_kernels::error::Code) for words that mean nothing, and
/// as [`Options::check`].
pub fn read_options(words: &[u32], iou: f64, sigma: f64, floor: f64) -> Result<Options, Error> {
    let mut words = Reader::new(words);
    let SuppressSpec { method, max, candidates } = SuppressSpec::read(&mut words)?;
    words.end()?;
    let floor = (!floor.is_nan()).then_some(floor);
    Options { iou, max, candidates, method, sigma, floor }.check()
}

#[cfg(test)]
mod tests {
    use super::*;
    use receptive_kernels::boxes::Method;

    #[test]
    fn words_become_a_scan() {
        let good = [3, 2, 5, 1, 1, 1, 4, 5, 1, 0, 9];
        let scan = read_scan(&good, 0.5, 15).unwrap();
        assert_eq!((scan.objectness, scan.most), (Some((4, 5)), 9));
        assert!(read_scan(&good, 0.5, 14).is_err());
        assert!(read_scan(&good, f64::NAN, 15).is_err());
        assert!(read_scan(&good[..10], 0.5, 15).is_err());
        for (word, value) in [(0, 4), (5, 2), (8, 2), (9, 2)] {
            let mut words = good;
            words[word] = value;
            assert!(read_scan(&words, 0.5, 15).is_err(), "word {word} is {value}");
        }
    }

    #[test]
    fn words_become_options_whose_floor_may_be_none() {
        let options = read_options(&[1, 9, 8], 0.5, 0.5, f64::NAN).unwrap();
        assert_eq!(
            (options.floor, options.method, options.candidates),
            (None, Method::Distance, 8)
        );
        assert_eq!(read_options(&[0, 9, 8], 0.5, 0.5, 0.1).unwrap().floor, Some(0.1));
        assert!(read_options(&[4, 9, 8], 0.5, 0.5, 0.1).is_err());
        assert!(read_options(&[0, 9, 8], 1.5, 0.5, 0.1).is_err());
    }
}
